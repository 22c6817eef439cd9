/** Waiting for a listening port and for console output of a container, both seen from outside. */
import type { LogLine } from '../../container/console/line-cutter';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { Session } from '../session/session';
import { fromStart, OutputWindow } from './output-window';
import { lookUntilFound, waitInside } from './wait-for';
import type { ConsoleWait, ListeningPort, PortWait } from './types';

/** The first socket that listens on that port. @throws TslxcError as `waitInside`. */
export async function waitForPort(
  session: Session,
  identity: Identity,
  wait: PortWait,
): Promise<ListeningPort> {
  const { port } = wait;
  return waitInside(session, identity, {
    limits: wait,
    condition: {
      wanted: `it listened at port ${port}`,
      missing: () => `no process in the container listens at port ${port}`,
      console: 'helpful',
      find: (container, signal) =>
        lookUntilFound(async () => {
          const running = container.running();
          const listening = running && (await session.containers.network.listeningInside(running));
          return listening?.find((one) => one.port === port);
        }, signal),
    },
  });
}

/** The match. @throws TslxcError as `waitInside`; SyscallError when the container has ended and its log can't be read. */
export async function waitForOutput(
  session: Session,
  identity: Identity,
  wait: ConsoleWait,
): Promise<RegExpExecArray> {
  const pattern = wait.console;
  return waitInside(session, identity, {
    limits: wait,
    condition: {
      wanted: `its console showed ${String(pattern)}`,
      missing: () => `the console of the container has not shown ${String(pattern)}`,
      console: 'needed',
      find: ({ follower }) => {
        if (follower === undefined) throw new TslxcError('INTERNAL_ERROR', 'no console is open');
        return follower.find(pattern);
      },
      findKept: (output) => findIn(output, pattern),
    },
  });
}

/** How many bytes of kept output are searched at once: not line by line, since each time the whole window is. */
const searched = 32 * 1024;

/** The first match in output that is kept. */
async function findIn(
  output: AsyncIterable<LogLine>,
  pattern: RegExp,
): Promise<RegExpExecArray | undefined> {
  const [window, expression] = [new OutputWindow(), fromStart(pattern)];
  let [pieces, size]: [Buffer[], number] = [[], 0];
  for await (const { bytes } of output) {
    pieces.push(bytes);
    size += bytes.length;
    if (size < searched) continue;
    const match = expression.exec(window.take(Buffer.concat(pieces)));
    if (match !== null) return match;
    [pieces, size] = [[], 0];
  }
  return expression.exec(window.take(Buffer.concat(pieces))) ?? undefined;
}
