/** `8080:80`: a port of the host that leads to a container. Pure. */
import { parseIp } from '../../../domain/interface/ip-address';
import { lastPort } from '../../../domain/interface/port/port-forward';
import type { PortForwardSpec } from '../../../index';
import type { UsageError } from '../../shell/command-error';
import { refusedValue } from './refused-value';

/** `[ADDRESS:]HOST[-HOST]:CONTAINER[-CONTAINER][/PROTOCOL]`; an address of IPv6 is in brackets. */
const pattern =
  /^(?:(?:\[([\da-fA-F:.]+)\]|(\d+\.\d+\.\d+\.\d+)):)?(\d{1,5})(?:-(\d{1,5}))?:(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/;

/** @throws UsageError. */
export function parsePublishedPort(text: string): PortForwardSpec {
  const found = pattern.exec(text);
  if (found === null)
    throw refusal(text, 'it is HOST:CONTAINER, as in 8080:80 or 127.0.0.1:53:53/udp');
  const [, ipv6, ipv4, first = '', last = first, target = '', lastTarget, protocol] = found;
  const written = ipv6 ?? ipv4;
  const address = written === undefined ? undefined : parseIp(written)?.address;
  if (written !== undefined && address === undefined)
    throw refusal(text, 'there is no such address');
  const [start, end, to] = [Number(first), Number(last), Number(target)];
  const lastTo = lastTarget === undefined ? to : Number(lastTarget);
  if (end < start || end - start !== lastTo - to)
    throw refusal(text, 'its ranges differ in length');
  if ([start, to].includes(0) || Math.max(end, lastTo) > lastPort) {
    throw refusal(text, `ports are those from 1 to ${lastPort}`);
  }
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    ...(address === undefined ? {} : { address }),
    ranges: [{ start, ...(end === start ? {} : { end }), to }],
  };
}

function refusal(text: string, why: string): UsageError {
  return refusedValue(text, 'publish', `publishes no port: ${why}`);
}
