import importlib
import sys

importlib.import_module(f"drivers.{sys.argv[1].replace('-', '_')}_driver").Driver().serve()
