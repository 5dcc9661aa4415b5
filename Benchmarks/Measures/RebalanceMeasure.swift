import KafkaMessages
import NIOCore

/// A group of 200 members, each with a connection of its own: all join, and then one leaves and the rest joins again.
struct RebalanceMeasure {
    private let options: Options
    private let folder: String
    private static let memberCount = 200
    private static let joinVersion: Int16 = 9
    private static let syncVersion: Int16 = 5
    private static let heartbeatVersion: Int16 = 4
    private static let leaveVersion: Int16 = 5

    private struct Member {
        let connection: KafkaConnection
        var id = ""
    }

    init(_ options: Options, folder: String) {
        self.options = options
        self.folder = folder
    }

    func run(_ report: inout Report) throws {
        let broker = try BrokerProcess(options, folder: folder, flush: "commit")
        var first: [Double] = []
        var again: [Double] = []
        for round in 0..<min(3, options.rounds) {
            let group = "rebalance-\(round)"
            var members: [Member] = []
            for _ in 0..<Self.memberCount { members.append(Member(connection: try KafkaConnection(port: broker.port))) }
            try requestIds(&members, group)
            first.append(try seconds(broker) { try rebalance(members, group, expecting: Self.memberCount) })
            let gone = members.removeLast()
            again.append(
                try seconds(broker) {
                    try leave(gone, group)
                    try noticeRebalance(members, group)
                    try rebalance(members, group, expecting: Self.memberCount - 1)
                })
        }
        add(&report, "200 members join a group: broker CPU", first)
        add(&report, "one of 200 leaves, the others rebalance: broker CPU", again)
        try broker.stop()
        File.remove(folder: folder)
    }

    /// The broker's processor time while `work` runs.
    private func seconds(_ broker: BrokerProcess, _ work: () throws -> Void) throws -> Double {
        let before = try broker.usage.cpuNanoseconds()
        try work()
        return Double(try broker.usage.cpuNanoseconds() - before) / 1e9
    }

    private func add(_ report: inout Report, _ measure: String, _ values: [Double]) {
        let value = Statistics.median(values)
        report.add(
            Report.Row(
                measure: measure, sluice: "\(value.text(3)) s", result: "\(value.text(3)) s", target: "< 1 s",
                isMet: value < 1))
    }

    /// Each member is told its id (KIP-394).
    private func requestIds(_ members: inout [Member], _ group: String) throws {
        for index in members.indices {
            let response = try members[index].connection.call(
                Self.join(group, memberId: ""), version: Self.joinVersion)
            guard response.errorCode == .memberIdRequired else {
                throw Failure("a first join answered \(response.errorCode)")
            }
            members[index].id = response.memberId
        }
    }

    /// Joins and syncs; the leader gives each member a partition.
    private func rebalance(_ members: [Member], _ group: String, expecting count: Int) throws {
        for member in members {
            try member.connection.send(Self.join(group, memberId: member.id), version: Self.joinVersion)
        }
        var generation: Int32 = -1
        var leader = ""
        for member in members {
            let response = try member.connection.receive(JoinGroupRequest.self, version: Self.joinVersion)
            try response.errorCode.check("join")
            generation = response.generationId
            leader = response.leader
            guard response.memberId != response.leader || response.members.count == count else {
                throw Failure("the leader sees \(response.members.count) members of \(count)")
            }
        }
        for member in members {
            var request = SyncGroupRequest()
            request.groupId = group
            request.generationId = generation
            request.memberId = member.id
            request.protocolType = "consumer"
            request.protocolName = "range"
            if member.id == leader {
                request.assignments = members.map { member in
                    var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
                    assignment.memberId = member.id
                    assignment.assignment = ByteBuffer(repeating: 1, count: 64)
                    return assignment
                }
            }
            try member.connection.send(request, version: Self.syncVersion)
        }
        for member in members {
            let response = try member.connection.receive(SyncGroupRequest.self, version: Self.syncVersion)
            try response.errorCode.check("sync")
            guard response.assignment.readableBytes == 64 else { throw Failure("a member has no assignment") }
        }
    }

    private func leave(_ member: Member, _ group: String) throws {
        var identity = LeaveGroupRequest.MemberIdentity()
        identity.memberId = member.id
        var request = LeaveGroupRequest()
        request.groupId = group
        request.members = [identity]
        try member.connection.call(request, version: Self.leaveVersion).errorCode.check("leave")
    }

    private func noticeRebalance(_ members: [Member], _ group: String) throws {
        for member in members {
            var request = HeartbeatRequest()
            request.groupId = group
            request.generationId = 1
            request.memberId = member.id
            try member.connection.send(request, version: Self.heartbeatVersion)
        }
        for member in members {
            let code = try member.connection.receive(HeartbeatRequest.self, version: Self.heartbeatVersion).errorCode
            guard code == .rebalanceInProgress else { throw Failure("a heartbeat answered \(code)") }
        }
    }

    private static func join(_ group: String, memberId: String) -> JoinGroupRequest {
        var range = JoinGroupRequest.JoinGroupRequestProtocol()
        range.name = "range"
        // Version 0, one topic, no user data.
        range.metadata = ByteBuffer(bytes: [0, 0, 0, 0, 0, 1, 0, 8] + Array("accounts".utf8) + [255, 255, 255, 255])
        var request = JoinGroupRequest()
        request.groupId = group
        request.sessionTimeoutMs = 60_000
        request.rebalanceTimeoutMs = 60_000
        request.memberId = memberId
        request.protocolType = "consumer"
        request.protocols = [range]
        return request
    }
}
