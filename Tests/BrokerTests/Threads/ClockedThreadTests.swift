import Synchronization
import Testing

@testable import Broker

/// Alarms and timers go by the clock that was handed in.
@Suite struct ClockedThreadTests {
    private final class Notes: Sendable {
        let notes = Mutex<[String]>([])

        var all: [String] { notes.withLock { $0 } }

        func add(_ note: String) { notes.withLock { $0.append(note) } }
    }

    /// Returns when the thread has done all that it was given before.
    private func passed(_ thread: SerialThread) async {
        await withCheckedContinuation { continuation in thread.run { continuation.resume() } }
    }

    @Test func anAlarmComesAtItsMoment() async {
        let clock = ManualBrokerClock()
        let thread = SerialThread(name: "test", clock: clock)
        let notes = Notes()
        thread.run { thread.setAlarm(atNs: 2_000_000) { notes.add("alarm") } }
        await passed(thread)
        clock.advance(1)
        clock.advance(nanoseconds: 999_999)
        await passed(thread)
        #expect(notes.all == [])
        clock.advance(nanoseconds: 1)
        await eventually { !notes.all.isEmpty }
        clock.advance(10)
        await passed(thread)
        #expect(notes.all == ["alarm"])
        thread.stop()
    }

    @Test func workComesBeforeAnAlarmAndANewAlarmTakesThePlaceOfTheOld() async {
        let clock = ManualBrokerClock()
        let thread = SerialThread(name: "test", clock: clock)
        let notes = Notes()
        thread.run {
            thread.setAlarm(atNs: 1_000_000) { notes.add("old") }
            thread.setAlarm(atNs: 3_000_000) { notes.add("new") }
            thread.run { notes.add("work") }
            // Due at once, and behind the work.
            clock.advance(5)
        }
        await eventually { notes.all.count >= 2 }
        #expect(notes.all == ["work", "new"])
        thread.stop()
    }

    @Test func aStopLetsGoOfTheAlarm() async {
        let clock = ManualBrokerClock()
        let thread = SerialThread(name: "test", clock: clock)
        let notes = Notes()
        thread.run { thread.setAlarm(atNs: 1_000_000) { notes.add("alarm") } }
        thread.run { notes.add("work") }
        thread.stop()
        await eventually { notes.all == ["work"] }
        clock.advance(5)
        #expect(notes.all == ["work"])
    }

    @Test func timersFireInOrderWhenTheClockIsMoved() async {
        let clock = ManualBrokerClock()
        let timers = Timers(clock: clock)
        let notes = Notes()
        for ms in [30, 10, 20] as [Int64] { timers.schedule(afterMs: ms) { notes.add("\(ms)") } }
        timers.cancel(timers.schedule(afterMs: 15) { notes.add("cancelled") })
        clock.advance(20)
        await eventually { notes.all.count >= 2 }
        #expect(notes.all == ["10", "20"])
        clock.advance(10)
        await eventually { notes.all.count >= 3 }
        #expect(notes.all == ["10", "20", "30"])
        timers.stop()
    }

    @Test func sleepingEndsAtItsMomentOrWithItsTask() async {
        let clock = ManualBrokerClock()
        let timers = Timers(clock: clock, drives: false)
        let notes = Notes()
        let sleeper = Task {
            while await timers.sleep(forMs: 100) { notes.add("step") }
            notes.add("end")
        }
        for step in 1...3 {
            await eventually { timers.scheduledCount == 1 }
            clock.advance(99)
            timers.fire()
            #expect(timers.scheduledCount == 1 && notes.all.count == step - 1)
            clock.advance(1)
            timers.fire()
            await eventually { notes.all.count == step }
        }
        await eventually { timers.scheduledCount == 1 }
        sleeper.cancel()
        await sleeper.value
        #expect(notes.all == ["step", "step", "step", "end"])
        #expect(timers.scheduledCount == 0)
    }
}
