/**
 * Rates of `<bandwidth>` as lines for `tc -batch`: a token bucket (tc-htb(8)) with a queue behind it. Packets wait
 * rather than being dropped, as libvirt drops those that a container sends: TCP in particular would get a fraction
 * of its rate by that.
 */
import type { Rate } from '../../domain/definition';

/** Numbers of tc, in bytes and bytes a second. */
interface Bucket {
  readonly rate: number;
  readonly ceil: number;
  readonly burst: number;
  /** How much may go out at once; what is faster than `ceil` waits. */
  readonly ceilBurst: number;
}

/** What was asked for, and what has to be there: `class change` keeps the packets that wait. */
export type Action = 'add' | 'change';

/** Which queue a class has. The kernel may lack the first. */
export type QueueKind = 'fq_codel' | 'bfifo';

const kibi = 1024;
const packet = 1514;

/** The largest packet that the kernel hands over in one piece, to be cut up later. */
const largestPacket = 64 * kibi;

/** With these two, the root of a device has the class 1:1 for what it sends. */
export function rootLines(device: string, rate: Rate, action: Action): string[] {
  return [
    ...(action === 'add' ? [`qdisc add dev ${device} root handle 1: htb default 1`] : []),
    classLine(device, action, { id: '1:1', parent: '1:', bucket: bucketOf(rate) }),
  ];
}

/** Queues share what there is fairly among connections, where the kernel has such. */
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

/** What comes in by `device` goes out by `shaper`. */
export function redirectLines(device: string, shaper: string): string[] {
  return [
    `qdisc add dev ${device} clsact`,
    `filter add dev ${device} ingress protocol all prio 1 u32 match u32 0 0 ` +
      `action mirred egress redirect dev ${shaper}`,
  ];
}

/** A share of a network's rate that is kept for one interface. */
export interface Floor {
  readonly mac: string;
  /** KiB/s. */
  readonly floor: number;
}

/** The first class of the bridge that is that of an interface. */
const firstFloor = 3;

/**
 * The bridge of a network: 1:1 has the rate of the network, 1:2 what no interface has a share of, and 1:3 and so on
 * the shares. Whoever needs less leaves the rest to the others.
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

/** Takes the shares away: filters first, which the classes are used by. `classes` are the ids that there are. */
export function withoutFloorsLines(bridge: string, classes: readonly string[]): string[] {
  const shares = classes.filter((id) => !['1:1', '1:2'].includes(id));
  return [
    ...(shares.length === 0 ? [] : [`filter del dev ${bridge} parent 1:`]),
    ...shares.map((id) => `class del dev ${bridge} classid ${id}`),
  ];
}

/** The destination of an Ethernet frame, from where u32 counts: the start of what is in the frame. */
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
  // How much a class may send before it is the next one's turn.
  const quantum = clamp(Math.floor(rate / 10), packet, 200_000);
  return (
    `class ${action} dev ${device} parent ${parent} classid ${id} htb rate ${rate * 8}bit ceil ${ceil * 8}bit ` +
    `burst ${burst}b cburst ${ceilBurst}b quantum ${quantum}`
  );
}

/**
 * `burst` goes out as fast as `peak` allows, or else as fast as the device can; after it, `average` holds. The kernel keeps
 * a burst as the time that it takes, in 32 bits.
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

/** A quarter of a second, as far as that holds a few packets, and isn't the host's memory. */
function queueLimit(bytes: number): number {
  return clamp(Math.floor(bytes / 4), 2 * largestPacket, 16 * kibi * kibi);
}

/** Delays that CoDel accepts: never less than a packet and a half takes. */
function codelWords(bytes: number): string[] {
  const target = Math.max(5000, Math.ceil((packet * 1.5e6) / bytes));
  return target === 5000 ? [] : [`target ${target}us interval ${target * 20}us`];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
