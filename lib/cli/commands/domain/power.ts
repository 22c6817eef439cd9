/** suspend, resume, shutdown, reboot and send-process-signal: requests to a running container. */
import { CommandError, withErrorMessage, UsageError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { signalNumber } from '../../output/words/signal-names';
import type { Domain, PowerMode, PowerOptions } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

interface Change {
  readonly verb: string;
  readonly done: string;
  readonly summary: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly act: (domain: Domain, options: Options) => Promise<unknown>;
}

function change({ verb, done, summary, description, options: own = [], act }: Change): Command {
  return {
    group: 'domain',
    summary,
    description,
    options: [{ ...domainOption, values: 'active-domain' }, ...own],
    example: `tslxc ${verb} helloworld`,
    async run(context: Context, options: Options): Promise<undefined> {
      const domain = await findDomain(await context.connect(), options.required('domain'));
      await withErrorMessage(`Failed to ${verb} domain '${domain.name}'`, () =>
        act(domain, options),
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
    act: (domain) => domain.suspend(),
  }),
  resume: change({
    verb: 'resume',
    done: 'resumed',
    summary: 'resume a domain',
    description: 'Resume a previously suspended domain.',
    act: (domain) => domain.resume(),
  }),
  shutdown: change({
    verb: 'shutdown',
    done: 'is being shutdown',
    summary: 'gracefully shutdown a domain',
    description:
      'Ask the init of the container to end, in a way that it heeds. It is an error when there is\n' +
      'none: a PID 1 gets no signal that it has no handler for.',
    options: powerOptions,
    act: (domain, options) => domain.shutdown(powerOptionsOf(options)),
  }),
  reboot: change({
    verb: 'reboot',
    done: 'is being rebooted',
    summary: 'reboot a domain',
    description:
      'Ask the init of the container to end, and start it again under the same id. It stays off\n' +
      'when <on_reboot> says so.',
    options: powerOptions,
    act: (domain, options) => domain.reboot(powerOptionsOf(options)),
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
const foreign: Readonly<Record<string, string>> = { acpi: '0x1', agent: '0x2', paravirt: '0x10' };

function powerOptionsOf(options: Options): PowerOptions {
  const seconds = options.number('timeout');
  const words = options.string('mode')?.split(',');
  return {
    ...(words === undefined ? {} : { mode: words.map(modeOf) }),
    ...(seconds === undefined ? {} : { timeout: seconds * 1000 }),
  };
}

function modeOf(word: string): PowerMode {
  const mode = modes.find((known) => known === word);
  if (mode !== undefined) return mode;
  const flag = Object.hasOwn(foreign, word) ? foreign[word] : undefined;
  if (flag !== undefined) {
    throw new CommandError(`unsupported flags (${flag}): mode '${word}' is for virtual machines`, {
      code: 'INVALID_ARG',
    });
  }
  throw new UsageError(
    `Unknown mode ${word} value, expecting 'acpi', 'agent', 'initctl', 'signal', or 'paravirt'`,
  );
}

async function sendProcessSignal(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const pid = options.required('pid');
  if (!/^-?\d+$/.test(pid)) throw new CommandError(`malformed PID value: ${pid}`);
  const word = options.required('signame');
  const number = signalNumber(word);
  if (number === undefined) throw new CommandError(`malformed signal name: ${word}`);
  if (Number(pid) !== 1) {
    throw new CommandError('argument unsupported: Only the init process may be killed', {
      code: 'ARGUMENT_UNSUPPORTED',
    });
  }
  await domain.sendSignal(number);
  return undefined;
}
