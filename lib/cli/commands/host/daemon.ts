/** daemon: serves libvirt clients until it is told to exit, or has had no client for some time. */
import { hardeningLevels } from '../../../hardening';
import { native } from '../../../host/native';
import { present } from '../../../present';
import { Daemon } from '../../../rpc/daemon';
import { keepMemorySmall } from '../../../rpc/memory/process-memory';
import { withErrorMessage } from '../../shell/command-error';
import { openLog } from '../../shell/log';
import { timeoutOf } from '../../terminal/event-loop';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  daemon: {
    group: 'tslxc',
    summary: "serve libvirt's clients",
    description:
      "Answer virsh and other programs that speak libvirt's protocol, on the sockets that systemd hands over, or\n" +
      'else on run/tslxc/tslxc-sock and, for those who may only look, run/tslxc/tslxc-sock-ro. Containers go on\n' +
      'when it ends: by SIGTERM or SIGINT, or with --timeout. What goes wrong is told on stderr, or in the file\n' +
      'of --log, which SIGHUP makes it open anew, as after a rotation. The hook `daemon` is told of all three.',
    options: [
      {
        name: 'libvirt',
        kind: 'flag',
        help: "also listen at libvirt's own sockets, /run/libvirt/virtlxcd-sock and virtnetworkd-sock, and serve libnss-libvirt",
      },
      {
        name: 'polkit',
        kind: 'flag',
        help: 'let every user connect, and let polkit decide what those other than root may do',
      },
      {
        name: 'hardening',
        kind: 'string',
        values: hardeningLevels,
        closed: true,
        help: 'the level of domains that set none, for clients whose URI names none',
      },
      { name: 'timeout', kind: 'number', help: 'end after so many seconds without a client' },
    ],
    example: 'tslxc daemon --libvirt',
    // Its results go to its clients, not to a terminal.
    stdout: 'alone',
    run: serve,
  },
};

const failure = 'Failed to start the daemon';

const ends = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

async function serve(context: Context, options: Options): Promise<undefined> {
  const { environment, globals, signals } = context;
  const seconds = timeoutOf(options);
  const { debug = 3, logFile } = globals;
  const logger = openLog({ debug, ...(logFile === undefined ? {} : { logFile }) });
  signals.on('SIGHUP', logger.reopen);
  const notify = notifier(environment);
  const memory = await withErrorMessage(failure, keepMemorySmall);
  const early = noteEarlyEnd(signals);
  try {
    const daemon = await withErrorMessage(failure, () =>
      Daemon.start({
        root: globals.root ?? environment['TSLXC_ROOT'] ?? '/',
        logger,
        activity: memory,
        environment,
        ...(options.has('libvirt') ? { libvirt: true } : {}),
        ...(options.has('polkit') ? { polkit: true } : {}),
        ...present({
          hardening: hardeningLevels.find((one) => one === options.string('hardening')),
        }),
        ...(seconds === undefined ? {} : { timeout: seconds * 1000 }),
      }),
    );
    const end = (): void => void daemon.close();
    const reload = (): void => void daemon.reload();
    for (const signal of ends) signals.on(signal, end);
    if (early.isTold()) end();
    early.stop();
    signals.on('SIGHUP', reload);
    notify('READY=1');
    await daemon.ended;
    signals.off('SIGHUP', reload);
    for (const signal of ends) signals.off(signal, end);
    return undefined;
  } finally {
    early.stop();
    memory.stop();
    signals.off('SIGHUP', logger.reopen);
  }
}

/**
 * While the daemon starts, a signal that is to end it is only noted: clients may be connected, and the hook told, before that is over.
 * The next one ends the process, should the start hang.
 */
function noteEarlyEnd(signals: Context['signals']): { isTold: () => boolean; stop: () => void } {
  let told = false;
  const note = (): void => {
    told = true;
    stop();
  };
  const stop = (): void => {
    for (const signal of ends) signals.off(signal, note);
  };
  for (const signal of ends) signals.on(signal, note);
  return { isTold: () => told, stop };
}

/** Notifies a waiting service manager, sd_notify(3). The variable is removed, so that hooks and monitors don't notify it. */
function notifier(environment: Record<string, string | undefined>): (text: string) => void {
  const { NOTIFY_SOCKET: socket } = environment;
  delete environment['NOTIFY_SOCKET'];
  return (text) => {
    if (socket !== undefined && socket !== '') native().sendDatagram(socket, text);
  };
}
