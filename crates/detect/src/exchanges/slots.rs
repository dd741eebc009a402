//! Which columns of a source say what about a flow.

use crate::schema::Schema;

/// The slots of a flow log; a source without all of the first group has no flows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlowSlots {
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) source_port: usize,
    pub(crate) target_port: usize,
    pub(crate) protocol: usize,
    pub(crate) packets: usize,
    pub(crate) bytes: usize,
    /// When it ends, in seconds since 1970, where records say that.
    pub(crate) end: Option<usize>,
    /// Where a record has both directions, the other one.
    pub(crate) both: Option<BothSlots>,
    pub(crate) interface: Option<usize>,
    pub(crate) instance: Option<usize>,
    pub(crate) action: Option<usize>,
    pub(crate) status: Option<usize>,
    pub(crate) flags: Option<usize>,
    pub(crate) direction: Option<usize>,
    /// The addresses of the packets, where they differ from the interface's.
    pub(crate) packet_source: Option<usize>,
    pub(crate) packet_target: Option<usize>,
    pub(crate) service_of_source: Option<usize>,
    pub(crate) service_of_target: Option<usize>,
}

/// What a record of a whole connection has beside its first direction, as Zeek writes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BothSlots {
    pub(crate) packets: usize,
    pub(crate) bytes: usize,
    pub(crate) seconds: usize,
    /// What happened, a letter for each sort of packet, in capitals for the client's.
    pub(crate) history: usize,
    pub(crate) local_source: usize,
    pub(crate) local_target: usize,
}

impl BothSlots {
    fn all(&self) -> [usize; 6] {
        let Self { packets, bytes, seconds, history, local_source, local_target } = *self;
        [packets, bytes, seconds, history, local_source, local_target]
    }
}

impl FlowSlots {
    /// Finds the columns of a source.
    pub(crate) fn of(schema: &Schema) -> Option<Self> {
        Self::of_flows(schema).or_else(|| Self::of_connections(schema))
    }

    /// Finds the columns of a log of whole connections.
    fn of_connections(schema: &Schema) -> Option<Self> {
        let slot = |name: &str| schema.slot(name);
        Some(Self {
            source: slot("id_orig_h")?,
            target: slot("id_resp_h")?,
            source_port: slot("id_orig_p")?,
            target_port: slot("id_resp_p")?,
            protocol: slot("proto")?,
            packets: slot("orig_pkts")?,
            bytes: slot("orig_ip_bytes")?,
            end: None,
            both: Some(BothSlots {
                packets: slot("resp_pkts")?,
                bytes: slot("resp_ip_bytes")?,
                seconds: slot("duration")?,
                history: slot("history")?,
                local_source: slot("local_orig")?,
                local_target: slot("local_resp")?,
            }),
            interface: None,
            instance: None,
            action: None,
            status: None,
            flags: None,
            direction: None,
            packet_source: None,
            packet_target: None,
            service_of_source: None,
            service_of_target: None,
        })
    }

    /// Finds the columns of a log of flows.
    fn of_flows(schema: &Schema) -> Option<Self> {
        let slot = |name: &str| schema.slot(name);
        Some(Self {
            source: slot("srcaddr")?,
            target: slot("dstaddr")?,
            source_port: slot("srcport")?,
            target_port: slot("dstport")?,
            protocol: slot("protocol")?,
            packets: slot("packets")?,
            bytes: slot("bytes")?,
            end: slot("end"),
            both: None,
            interface: slot("interface_id").or_else(|| slot("tgw_attachment_id")),
            instance: slot("instance_id"),
            action: slot("action"),
            status: slot("log_status"),
            flags: slot("tcp_flags"),
            direction: slot("flow_direction"),
            packet_source: slot("pkt_srcaddr"),
            packet_target: slot("pkt_dstaddr"),
            service_of_source: slot("pkt_src_aws_service"),
            service_of_target: slot("pkt_dst_aws_service"),
        })
    }

    /// Returns all slots that are read.
    pub(crate) fn all(&self) -> Vec<usize> {
        let always = [self.source, self.target, self.source_port, self.target_port];
        let also = [self.protocol, self.packets, self.bytes];
        let both = self.both.iter().flat_map(BothSlots::all);
        let maybe = [
            self.end,
            self.interface,
            self.instance,
            self.action,
            self.status,
            self.flags,
            self.direction,
            self.packet_source,
            self.packet_target,
            self.service_of_source,
            self.service_of_target,
        ];
        always.into_iter().chain(also).chain(both).chain(maybe.into_iter().flatten()).collect()
    }
}
