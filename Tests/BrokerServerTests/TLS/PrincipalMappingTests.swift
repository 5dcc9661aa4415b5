import Testing

@testable import BrokerServer

struct PrincipalMappingTests {
    private func user(_ rules: String, _ name: String) throws -> String? {
        try PrincipalMapping(parsing: rules).user(of: DistinguishedName(name))
    }

    /// The rules of Apache Kafka's documentation ("ssl.principal.mapping.rules", Security, "Customizing SSL User Name")
    /// with its examples, and those of its test of the mapper.
    @Test(
        arguments: [
            (
                "CN=serviceuser,OU=ServiceUsers,O=Unknown,L=Unknown,ST=Unknown,C=Unknown", "serviceuser"
            ),
            ("CN=adminUser,OU=Admin,O=Unknown,L=Unknown,ST=Unknown,C=Unknown", "adminuser@admin"),
            ("OU=x,CN=Mixed.Case", "mixed.case"),
            ("OU=nobody", "OU=nobody"),
        ])
    func documentation(name: String, expected: String) throws {
        let rules = """
            RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/,
            RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L,
            RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/L,
            DEFAULT
            """
        #expect(try user(rules, name) == expected)
    }

    @Test(
        arguments: [
            ("DEFAULT", "CN=a,O=b", "CN=a,O=b"),
            ("RULE:^CN=(.*?),.*$/$1/U,DEFAULT", "CN=Duke,O=b", "DUKE"),
            ("RULE:^CN=(.*?),.*$/$1/L, , DEFAULT", "CN=Duke,O=b", "duke"),
            ("RULE:^CN=([^,ADEFLTU,]+)(,.*|$)/$1/", "CN=Xyz,O=b", "Xyz"),
            ("RULE:^CN=(.*)$/\\$$1\\/x/", "CN=a", "$a/x"),
            ("RULE:^cn=(.*)\\/(.*)$/$2$1/", "cn=a/b", "ba"),
            ("RULE:^(a)(b)?$/[$2]$0/", "a", "[]a"),
            ("RULE:^(.)$/$10/", "a", "a0"),
            ("RULE:^x$/y/", "z", nil),
        ])
    func rules(rules: String, name: String, expected: String?) throws {
        #expect(try user(rules, name) == expected)
    }

    @Test(
        arguments: [
            "default", "DEFAULT/L", "DEFAULT/U", "RULE:CN=(.*?),OU=ServiceUsers.*/$1",
            "rule:^CN=(.*?),OU=ServiceUsers.*$/$1/", "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L/U",
            "RULE:^CN=(.*?),OU=ServiceUsers.*$/L", "RULE:^CN=(.*?),OU=ServiceUsers.*$/U",
            "RULE:^CN=(.*?),OU=ServiceUsers.*$/LU", "", " , ", "DEFAULT DEFAULT", "RULE:a/$1/", "RULE:(a)/$2/",
            "RULE:a/$x/",
            "RULE:(a/b/", "RULE:a/b/,nonsense",
        ])
    func refused(rules: String) {
        let error = #expect(throws: ServerError.self) { try PrincipalMapping(parsing: rules) }
        #expect(error?.code == .tls)
        #expect(error?.description.hasPrefix("ssl.principal.mapping.rules: ") == true)
    }

    @Test("a mistake names its rule and what is wrong")
    func names() {
        let error = #expect(throws: ServerError.self) {
            try PrincipalMapping(parsing: "DEFAULT,RULE:(a)\\1/$1/,DEFAULT")
        }
        #expect(
            error?.description
                == #"ssl.principal.mapping.rules: "RULE:(a)\1/$1/,DEFAULT": its pattern has \1, which isn't supported"#)
    }
}
