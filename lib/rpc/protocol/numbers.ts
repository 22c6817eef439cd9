/** The numbers of libvirt's remote protocol that are not about a single procedure: programs, messages, limits. */

/** The programs that this daemon speaks, with their version. */
export const programs = {
  /** What all drivers have: domains, networks, hosts. */
  remote: { number: 0x20008086, version: 1 },
  /** What containers alone have. */
  lxc: { number: 0x00068000, version: 1 },
  /** Pings, by either side. */
  keepalive: { number: 0x6b656570, version: 1 },
} as const;

/** The procedures of the keepalive program. */
export const keepaliveProcedures = { ping: 1, pong: 2 } as const;

/** The type of a message. */
export const messageTypes = {
  call: 0,
  reply: 1,
  message: 2,
  stream: 3,
  callWithDescriptors: 4,
  replyWithDescriptors: 5,
  streamHole: 6,
} as const;

/** The status of a message. */
export const messageStatuses = { ok: 0, error: 1, continue: 2 } as const;

/** Bytes of the length before each message, which counts itself. */
export const lengthSize = 4;

/** Bytes of the header of a message. */
export const headerSize = 24;

/** The most bytes of a message with its header, without the length before it. */
export const longestMessage = 33_554_432;

/** The most bytes in one packet of a stream that every client accepts: the former limit of messages. */
export const longestStreamPacket = 262_120;

/** The most descriptors that go with a message. */
export const mostDescriptors = 32;

/** Features that a client may ask about by ConnectSupportsFeature, and for which all drivers give the same answer. */
export const features = {
  remote: 2,
  descriptors: 8,
  typedParameterStrings: 9,
  keepalive: 10,
  eventCallbacks: 14,
  closeCallbacks: 15,
  networkUpdateOrder: 16,
} as const;

/** The ways to authenticate: none, since the kernel says who a client is; or polkit, which has to authorize the client. */
export const authentications = { none: 0, polkit: 2 } as const;

/** Flags that select the running definition, the stored one, or both. */
export const affects = { live: 1, config: 2 } as const;
