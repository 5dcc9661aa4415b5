print("SchemaGenerator")
