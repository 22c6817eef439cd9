/** Domain.exec, up to what runs the command: why a command has ended, when that and its end come at the same moment. */
import { type PipedProcess, TerminalProcess } from '../../../../lib/container/exec/command-process';
import { OutputStream } from '../../../../lib/container/exec/output-stream';
import { Channel } from '../../../../lib/container/monitor/channel';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import type { Domain } from '../../../../lib/driver/domain';
import type { ExecOptions } from '../../../../lib/driver/exec/exec-options';
import type { RunningCommand } from '../../../../lib/driver/exec/running-command';
import { domainXml } from '../../../support/domain/domain-xml';
import { socketPair } from '../../container/socket-pair';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const SIGKILL = 9;

test('a command that an abort has ended during its start was aborted, also when its end is read first', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  using channel = await socketPair();
  using terminal = await socketPair();
  const abort = new AbortController();
  host.exec = async () => {
    const container = { domain: 'web', isOver: () => Promise.resolve(false) };
    const streams = { kind: 'terminal', stream: new OutputStream(terminal.ours) } as const;
    const command = new TerminalProcess(new Channel(channel.ours), container, streams);
    abort.abort();
    const end = { how: 1, status: SIGKILL, requested: 1 };
    channel.theirs.write(encodeFrame({ message: 'exited', ...end }));
    expect(await command.result).toEqual({ code: 137, signal: 'SIGKILL' });
    return command;
  };
  const options = { signal: abort.signal, tty: { rows: 24, columns: 80 } };
  await expect(domain.exec(['true'], options)).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await connection.close();
});

test('a variable of a command that is undefined counts as left out', async () => {
  const host = new FakeHost(scratchDirectory());
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  let given: unknown;
  host.exec = (_target, { env }) => {
    given = env;
    return Promise.reject(new Error('the fake runs none'));
  };
  const env: object = { A: 'b', PORT: undefined };
  await expect(domain.exec(['true'], { env: env as Record<string, string> })).rejects.toThrow();
  expect(given).toEqual({ A: 'b' });
  expect(Object.keys(given as object)).toEqual(['A']);
});

test('options of any kind can be passed on, and those that are known give what they ask for', async () => {
  const run = (
    domain: Domain,
    options: ExecOptions = {},
  ): RunningCommand<PipedProcess | TerminalProcess, string | Buffer> =>
    domain.exec(['true'], options);
  const byText = (domain: Domain): RunningCommand => domain.exec(['true'], { timeout: 5 });
  const byBytes = (domain: Domain): RunningCommand<PipedProcess, Buffer> =>
    domain.exec(['true'], { encoding: 'buffer' });
  const size = { rows: 24, columns: 80 };
  const byTerminal = (domain: Domain): RunningCommand<TerminalProcess> =>
    domain.exec(['true'], { tty: size });
  const host = new FakeHost(scratchDirectory());
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  for (const one of [run, byText, byBytes, byTerminal]) await expect(one(domain)).rejects.toThrow();
});
