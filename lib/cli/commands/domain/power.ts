/** suspend, resume, shutdown, reboot and send-process-signal: requests to a running container. */
import { TslxcError } from '../../../errors';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { signalNumber } from '../../output/words/signal-names';
import type { Domain, PowerMode, PowerOptions } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

interface Change<Wanted = undefined> {
  readonly verb: string;
  readonly done: string;
  readonly summary: string;
  readonly description: string;
  readonly options?: readonly Option[];
  /** What the options say, which is read before the domain is looked up. */
  readonly read: (options: Options) => Wanted;
  readonly act: (domain: Domain, wanted: Wanted) => Promise<unknown>;
}

function change<Wanted>(what: Change<Wanted>): Command {
  const { verb, done, summary, description, options: own = [], read, act } = what;
  return {
    group: 'domain',
    summary,
    description,
    options: [{ ...domainOption, values: 'active-domain' }, ...own],
    example: `tslxc ${verb} helloworld`,
    async run(context: Context, options: Options): Promise<undefined> {
      const wanted = read(options);
      const domain = await findDomain(await context.connect(), options.required('domain'));
      await withErrorMessage(`Failed to ${verb} domain '${domain.name}'`, () =>
        act(domain, wanted),
      );
      context.output.extra(`Domain '${domain.name}' ${done}`);
      return undefined;
    },
  };
}

const powerOptions: readonly Option[] = [
  {
    name: 'mode',
    kind: 'string',
    help: 'shutdown mode: auto, initctl, signal, or several with commas',
    positional: 'optional',
    values: ['auto', 'initctl', 'signal'],
  },
  { name: 'timeout', kind: 'number', help: 'wait until it has happened, at most so many seconds' },
];

export const commands: CommandTable = {
  suspend: change({
    verb: 'suspend',
    done: 'suspended',
    summary: 'suspend a domain',
    description: 'Suspend a running domain: every process in it stands still.',
    read: () => undefined,
    act: (domain) => domain.suspend(),
  }),
  resume: change({
    verb: 'resume',
    done: 'resumed',
    summary: 'resume a domain',
    description: 'Resume a previously suspended domain.',
    read: () => undefined,
    act: (domain) => domain.resume(),
  }),
  shutdown: change({
    verb: 'shutdown',
    done: 'is being shutdown',
    summary: 'gracefully shutdown a domain',
    description:
      'Ask the init of the container to end: by the signal of <tslxc:stop>; systemd by SIGRTMIN+4, the init\n' +
      'of busybox by SIGUSR2; any other by its initctl pipe, or else by SIGTERM or SIGPWR, the first that it has\n' +
      'a handler for. It returns when init has been asked. Nothing is killed, however long init takes. If it has\n' +
      'no handler within a second, as a plain shell and sleep have none, that is an error, since the kernel gives\n' +
      'a PID 1 no other signal: destroy ends it, or <tslxc:stop> names a signal that it handles.',
    options: powerOptions,
    read: (options) => requestOf(options, "'signal', or"),
    act: (domain, request) => domain.shutdown(powerOptionsOf(request, 'lxcDomainShutdownFlags')),
  }),
  reboot: change({
    verb: 'reboot',
    done: 'is being rebooted',
    summary: 'reboot a domain',
    description:
      'Ask the init of the container to end, as shutdown does but with the signals of a reboot: SIGRTMIN+5 for\n' +
      'systemd, SIGTERM for the init of busybox; and start it again under the same id. It stays off when\n' +
      '<on_reboot> says so.',
    options: powerOptions,
    read: (options) => requestOf(options, "'signal' or"),
    act: (domain, request) => domain.reboot(powerOptionsOf(request, 'lxcDomainReboot')),
  }),
  'send-process-signal': {
    group: 'domain',
    summary: 'send signals to processes',
    description:
      'Send a signal to the init of the container, which is process 1. Signals are numbers or\n' +
      'names: 15, term, sigterm or rtmin+4.',
    options: [
      { ...domainOption, values: 'active-domain' },
      { name: 'pid', kind: 'string', help: 'the process ID: 1', positional: 'required' },
      {
        name: 'signame',
        kind: 'string',
        help: 'the signal number or name',
        positional: 'required',
      },
    ],
    example: 'tslxc send-process-signal helloworld 1 term',
    run: sendProcessSignal,
  },
};

const modes: readonly PowerMode[] = ['auto', 'initctl', 'signal'];

/** Flags of virDomainShutdownFlags() that libvirt's driver for containers has no use for. */
const foreign = { acpi: 0x1, agent: 0x2, paravirt: 0x10 } as const;

type ForeignMode = keyof typeof foreign;

interface PowerRequest {
  readonly modes: readonly (PowerMode | ForeignMode)[] | undefined;
  readonly timeout: number | undefined;
}

/** `between`: what virsh has before the last mode, which differs from verb to verb. @throws CommandError. */
function requestOf(options: Options, between: string): PowerRequest {
  const seconds = options.seconds('timeout');
  return {
    modes: options
      .string('mode')
      ?.split(',')
      .map((word) => {
        if (isForeign(word)) return word;
        const mode = modes.find((known) => known === word);
        if (mode !== undefined) return mode;
        const expected = `expecting 'acpi', 'agent', 'initctl', ${between} 'paravirt'`;
        throw new CommandError(`Unknown mode ${word} value, ${expected}`, { code: 'INVALID_ARG' });
      }),
    timeout: seconds === undefined ? undefined : seconds * 1000,
  };
}

function isForeign(word: string): word is ForeignMode {
  return Object.hasOwn(foreign, word);
}

/** @throws TslxcError as libvirt's `call`, for modes of virtual machines. */
function powerOptionsOf({ modes: words, timeout }: PowerRequest, call: string): PowerOptions {
  const flags = [...new Set(words)].reduce(
    (sum, one) => sum + (isForeign(one) ? foreign[one] : 0),
    0,
  );
  if (flags !== 0) {
    const detail = `unsupported flags (0x${flags.toString(16)}) in function ${call}`;
    throw new CommandError(detail, { code: 'INVALID_ARG' });
  }
  const mode = words?.filter((one) => !isForeign(one));
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

async function sendProcessSignal(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const pid = options.required('pid');
  if (!/^[-+]?\d{1,18}$/.test(pid)) {
    throw new CommandError(`Numeric value '${pid}' for <pid> option is malformed or out of range`, {
      code: 'INVALID_ARG',
    });
  }
  const word = options.required('signame');
  const number = signalNumber(word);
  if (number === undefined) throw new CommandError(`malformed signal name: ${word}`);
  if (Number(pid) === 0) {
    const detail = 'pid_value in virDomainSendProcessSignal must not be zero';
    throw new CommandError(detail, { code: 'INVALID_ARG' });
  }
  if (domain.id === undefined) {
    throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: domain.name });
  }
  if (Number(pid) !== 1) {
    throw new CommandError('argument unsupported: Only the init process may be killed', {
      code: 'ARGUMENT_UNSUPPORTED',
    });
  }
  await domain.sendSignal(number);
  return undefined;
}
