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
    pub(crate) end: usize,
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

impl FlowSlots {
    /// Finds the columns of a source.
    pub(crate) fn of(schema: &Schema) -> Option<Self> {
        let slot = |name: &str| schema.slot(name);
        Some(Self {
            source: slot("srcaddr")?,
            target: slot("dstaddr")?,
            source_port: slot("srcport")?,
            target_port: slot("dstport")?,
            protocol: slot("protocol")?,
            packets: slot("packets")?,
            bytes: slot("bytes")?,
            end: slot("end")?,
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
        let also = [self.protocol, self.packets, self.bytes, self.end];
        let maybe = [
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
        always.into_iter().chain(also).chain(maybe.into_iter().flatten()).collect()
    }
}
