import Testing

@testable import sluice

@Suite struct ProgressTests {
    @Test(arguments: [20, 40, 60, 80, 120, 300])
    func aProgressLineFitsItsTerminal(columns: Int) {
        let line = ProgressLine(label: "checking", total: 2_700_000_000, unit: .bytes)
        for done in [0, 1, 1_200_000_000, 2_700_000_000] as [Int64] {
            let text = line.text(done: done, nanoseconds: 3_000_000_000, columns: columns)
            #expect(text.count < columns)
            #expect(text.hasPrefix("checking"))
        }
    }

    @Test func aProgressLineSaysHowFarAndHowFast() {
        let line = ProgressLine(label: "checking", total: 2_000_000, unit: .bytes)
        let text = line.text(done: 500_000, nanoseconds: 1_000_000_000, columns: 100)
        #expect(text.contains("25 %") && text.contains("500 kB of 2.0 MB"))
        #expect(text.contains("500 kB/s") && text.contains("3.0 s left"))
        #expect(text.contains("[##########..............................]"))
        let open = ProgressLine(label: "bench", total: nil, unit: .records)
        #expect(
            open.text(done: 1500, nanoseconds: 1_000_000_000, columns: 80) == "bench  1.5 k records  1.5 k records/s")
        let empty = ProgressLine(label: "checking", total: 0, unit: .bytes)
        #expect(empty.text(done: 0, nanoseconds: 0, columns: 80).contains("100 %"))
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_550, "1.5 kB"), (20_000_000, "20 MB"),
            (-1_500, "-1.5 kB"),
            (Int64.max, "9223 PB"), (Int64.min, "-9223 PB"),
        ] as [(Int64, String)])
    func bytesForPeople(count: Int64, text: String) {
        #expect(Quantity.bytes(count) == text)
    }

    @Test(
        arguments: [
            (0, "0 ns"), (850, "850 ns"), (1_500, "1.5 µs"), (12_000_000, "12 ms"), (3_210_000_000, "3.2 s"),
            (250_000_000_000, "4 min 10 s"), (7_260_000_000_000, "2 h 1 min"), (-5, "0 ns"),
        ] as [(Int64, String)])
    func timesForPeople(nanoseconds: Int64, text: String) {
        #expect(Quantity.time(nanoseconds: nanoseconds) == text)
    }

    @Test func aLiveScreenTakesThePlaceOfTheOneBefore() {
        var screen = LiveScreen()
        #expect(screen.next("a\nb\n", size: (80, 24)) == "a\u{1b}[K\nb\u{1b}[K\n\u{1b}[J")
        #expect(screen.next("c\n", size: (80, 24)) == "\r\u{1b}[2Ac\u{1b}[K\n\u{1b}[J")
        #expect(screen.next("d\n", size: (80, 24)) == "\r\u{1b}[1Ad\u{1b}[K\n\u{1b}[J")
    }

    @Test func aLiveScreenKeepsToItsTerminal() {
        var screen = LiveScreen()
        let text = (1...50).map { "line \($0) \(String(repeating: "x", count: 100))" }.joined(separator: "\n")
        let drawn = screen.next(text, size: (40, 10)).split(separator: "\n")
        #expect(drawn.count == 10)
        #expect(drawn.dropLast().allSatisfy { $0.replacing("\u{1b}[K", with: "").count <= 39 })
        #expect(drawn[8] == "… 42 more lines\u{1b}[K")
    }

    @Test func coloursTakeNoColumns() {
        let line = Paint.red("abcdef", isOn: true) + "gh"
        #expect(LiveScreen.cut(line, to: 8) == line)
        #expect(LiveScreen.cut(line, to: 3) == "\u{1b}[31mabc\u{1b}[0m")
        #expect(Paint.red("a", isOn: false) == "a")
    }
}
