/**
 * Rates of `<bandwidth>` as lines for `tc -batch`: a token bucket (tc-htb(8)) with a queue. Packets above the rate wait instead of
 * being dropped; libvirt drops those that a container sends, so that TCP reaches only a fraction of the rate.
 */
import type { Rate } from '../../domain/interface/definition';

/** The parameters of a class, in bytes and bytes per second. */
interface Bucket {
  readonly rate: number;
  readonly ceil: number;
  readonly burst: number;
  /** Bytes that may be sent at once, faster than `ceil`. */
  readonly ceilBurst: number;
}

/** `change` is for an existing class, and keeps its queued packets. */
export type Action = 'add' | 'change';

/** The queue of a class. The kernel may lack the first kind. */
export type QueueKind = 'fq_codel' | 'bfifo';

const kibi = 1024;
const packet = 1514;

/** The largest packet that the kernel passes on in one piece, to be segmented later. */
const largestPacket = 64 * kibi;

/** The lines that give a device a root qdisc with the class 1:1, for the packets that it sends. */
export function rootLines(device: string, rate: Rate, action: Action): string[] {
  return [
    ...(action === 'add' ? [`qdisc add dev ${device} root handle 1: htb default 1`] : []),
    classLine(device, action, { id: '1:1', parent: '1:', bucket: bucketOf(rate) }),
  ];
}

/** The line for a queue; fq_codel, if the kernel has it, shares the rate fairly among connections. */
export function queueLine(device: string, rate: Rate, queue: Queue): string {
  const { rate: bytes } = bucketOf(rate);
  const { action, kind, parent, handle } = queue;
  return [
    `qdisc ${action === 'add' ? 'add' : 'replace'} dev ${device} parent ${parent} handle ${handle} ${kind}`,
    ...(kind === 'bfifo' ? [`limit ${queueLimit(bytes)}`] : codelWords(bytes)),
  ].join(' ');
}

export interface Queue {
  readonly action: Action;
  readonly kind: QueueKind;
  readonly parent: string;
  readonly handle: string;
}

/** The lines that redirect incoming packets of `device` to `shaper`. */
export function redirectLines(device: string, shaper: string): string[] {
  return [
    `qdisc add dev ${device} clsact`,
    `filter add dev ${device} ingress protocol all prio 1 u32 match u32 0 0 ` +
      `action mirred egress redirect dev ${shaper}`,
  ];
}

/** A share of a network's rate that is guaranteed to one interface. */
export interface Floor {
  readonly mac: string;
  /** In KiB/s. */
  readonly floor: number;
}

/** The number of the bridge's first class for a guaranteed share. */
const firstFloor = 3;

/**
 * The classes of a network's bridge: 1:1 has the rate of the network, 1:2 is for interfaces without a share, and 1:3 and so
 * on are the shares. The others can use what one class does not use.
 */
export function networkLines(
  bridge: string,
  rate: Rate,
  { action, floors }: { readonly action: Action; readonly floors: readonly Floor[] },
): string[] {
  const whole = bucketOf(rate);
  const kept = floors.reduce((sum, { floor }) => sum + floor * kibi, 0);
  const rest = { ...whole, rate: Math.max(whole.rate - kept, kibi) };
  return [
    ...(action === 'add' ? [`qdisc add dev ${bridge} root handle 1: htb default 2`] : []),
    classLine(bridge, action, { id: '1:1', parent: '1:', bucket: whole }),
    classLine(bridge, action, { id: '1:2', parent: '1:1', bucket: rest }),
    ...floors.flatMap(({ mac, floor }, index) => {
      const id = `1:${(firstFloor + index).toString(16)}`;
      const bucket = { ...whole, rate: floor * kibi };
      return [
        classLine(bridge, 'add', { id, parent: '1:1', bucket }),
        `filter add dev ${bridge} parent 1: protocol all prio ${firstFloor + index} u32 ${destination(mac)} flowid ${id}`,
      ];
    }),
  ];
}

/** The class and the queue of the n-th share. */
export function floorQueue(index: number): Pick<Queue, 'parent' | 'handle'> {
  const number = (firstFloor + index).toString(16);
  return { parent: `1:${number}`, handle: `${number}:` };
}

/** The lines that remove the shares: filters first, since they use the classes. `classes` are the existing ids. */
export function withoutFloorsLines(bridge: string, classes: readonly string[]): string[] {
  const shares = classes.filter((id) => !['1:1', '1:2'].includes(id));
  return [
    ...(shares.length === 0 ? [] : [`filter del dev ${bridge} parent 1:`]),
    ...shares.map((id) => `class del dev ${bridge} classid ${id}`),
  ];
}

/** A match of the destination of an Ethernet frame. u32 counts offsets from the start of the frame's payload. */
function destination(mac: string): string {
  const digits = mac.replaceAll(':', '');
  const [high, low] = [digits.slice(0, 4), digits.slice(4)];
  return `match u16 0x${high} 0xffff at -14 match u32 0x${low} 0xffffffff at -12`;
}

function classLine(
  device: string,
  action: Action,
  { id, parent, bucket }: { id: string; parent: string; bucket: Bucket },
): string {
  const { rate, ceil, burst, ceilBurst } = bucket;
  // Bytes that a class may send before it is the next one's turn.
  const quantum = clamp(Math.floor(rate / 10), packet, 200_000);
  return (
    `class ${action} dev ${device} parent ${parent} classid ${id} htb rate ${rate * 8}bit ceil ${ceil * 8}bit ` +
    `burst ${burst}b cburst ${ceilBurst}b quantum ${quantum}`
  );
}

/**
 * `burst` bytes are sent at the rate `peak`, or else as fast as the device can; after them, `average` applies. The
 * kernel stores a burst as the time that it takes, in 32 bits.
 */
function bucketOf({ average = 0, peak, burst }: Rate): Bucket {
  const rate = Math.max(average, 1) * kibi;
  const usual = Math.max(Math.floor(rate / 100), 2 * packet);
  const amount = Math.min(Math.max((burst ?? 0) * kibi, usual), rate * 200);
  if (peak === undefined || peak <= average) {
    return { rate, ceil: rate, burst: amount, ceilBurst: amount };
  }
  const ceil = peak * kibi;
  return { rate, ceil, burst: amount, ceilBurst: Math.max(Math.floor(ceil / 100), 2 * packet) };
}

/** A quarter of a second of data, but at least a few packets, and not too much of the host's memory. */
function queueLimit(bytes: number): number {
  return clamp(Math.floor(bytes / 4), 2 * largestPacket, 16 * kibi * kibi);
}

/** The target delay of CoDel: at least the time that one and a half packets take. */
function codelWords(bytes: number): string[] {
  const target = Math.max(5000, Math.ceil((packet * 1.5e6) / bytes));
  return target === 5000 ? [] : [`target ${target}us interval ${target * 20}us`];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
