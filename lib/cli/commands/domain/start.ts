/** start, create and destroy: starts and ends containers. */
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { readDefinitionFile, validateOption } from '../../options/definition-file';
import { warningOf } from '../../output/definition-warnings';
import { imageDomainOptions, readImageDomain } from '../../options/image/image-domain';
import { inTypedWords } from '../../options/image/option-failure';
import { domainOption, findDomain } from '../../options/domain-argument';
import { unsupportedFlags } from '../../options/refused-option';
import { abandonable } from '../../terminal/abandonable';
import { runInForeground } from '../../terminal/foreground';
import { handshakeReport } from '../../terminal/handshake-report';
import { openConsole } from './console';
import { native } from '../../../host/native';
import type { LabelProgress } from '../../../container/security/relabel/label-walk';
import type { CreateOptions, Domain, StartOptions } from '../../../index';
import type { Output } from '../../output/output';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import type { HandshakeReport } from '../../terminal/handshake-report';

const consoleOption: Option = {
  name: 'console',
  kind: 'flag',
  help: 'attach to console after creation',
};

const autodestroyOption: Option = {
  name: 'autodestroy',
  kind: 'flag',
  help: 'automatically destroy the container when this command ends',
};

const strictOption: Option = {
  name: 'strict',
  kind: 'flag',
  help: 'refuse what is not carried out of the definition, instead of a warning for each part',
};

const passOption: Option = {
  name: 'pass-fds',
  kind: 'string',
  help: 'pass file descriptors N,M,... to the container',
  positional: 'undocumented',
  mayBeEmpty: true,
};

export const commands: CommandTable = {
  start: {
    group: 'domain',
    summary: 'start a (previously defined) inactive domain',
    description:
      'Start a domain. What means nothing to a container is ignored, with a warning for each part of the definition.\n' +
      'The container goes on by itself, unless --foreground is given: then this\n' +
      'command stays, and ends with the exit status of init. SIGTERM and SIGINT shut the container down, a\n' +
      'second one kills it, and the status is then 0; other signals go to init. When this command is killed,\n' +
      'so is the container. Before the container runs, SIGINT and SIGTERM abandon the start: what it has taken\n' +
      'is given back, and the exit status is 128 and the number of the signal.',
    options: [
      { ...domainOption, help: 'name of the inactive domain', values: 'inactive-domain' },
      consoleOption,
      autodestroyOption,
      {
        name: 'foreground',
        kind: 'flag',
        help: 'stay until the container ends, as a systemd unit wants it',
      },
      {
        name: 'background',
        kind: 'flag',
        help: 'leave the container on its own once it runs (the default)',
      },
      { name: 'console-fd', kind: 'number', help: 'descriptor that carries the first console' },
      {
        name: 'handshake-fd',
        kind: 'number',
        help: 'descriptor that gets one line of JSON: running, or why not',
      },
      passOption,
      strictOption,
      { name: 'bypass-cache', kind: 'flag', help: 'accepted: a container has no saved state' },
      { name: 'force-boot', kind: 'flag', help: 'accepted: a container has no saved state' },
      ...unsupportedFlags('lxcDomainCreateWithFiles', { paused: '0x1', 'reset-nvram': '0x20' }),
    ],
    example: 'tslxc start helloworld --console',
    run: start,
  },
  create: {
    group: 'domain',
    summary: 'create a domain from an XML file',
    description:
      'Start a transient domain: it is gone when its container ends. It is described by a file, or made from\n' +
      'an image; the options from --name to --print-xml are of those that are made from one.',
    options: [
      {
        name: 'file',
        kind: 'string',
        help: 'file containing an XML domain description',
        positional: 'optional',
        requiredUnless: 'image',
        values: 'file',
      },
      {
        name: 'image',
        kind: 'string',
        help: 'image that it is made from, in place of a file',
        values: 'image',
      },
      ...imageDomainOptions,
      consoleOption,
      autodestroyOption,
      passOption,
      strictOption,
      validateOption,
      ...unsupportedFlags('lxcDomainCreateXMLWithFiles', { paused: '0x1', 'reset-nvram': '0x20' }),
    ],
    example: 'tslxc create helloworld.xml',
    run: create,
  },
  destroy: {
    group: 'domain',
    summary: 'destroy (stop) a domain',
    description:
      'Forcefully stop a container: every process in it is killed. Its definition stays.',
    options: [
      { ...domainOption, values: 'active-domain' },
      {
        name: 'graceful',
        kind: 'flag',
        help: 'ask init to end, and kill nothing: an error after 10 seconds',
      },
      ...unsupportedFlags('lxcDomainDestroyFlags', { 'remove-logs': '0x2' }),
    ],
    example: 'tslxc destroy helloworld',
    run: destroy,
  },
};

async function start(context: Context, options: Options): Promise<number | undefined> {
  options.exclusive('foreground', 'background');
  options.exclusive('foreground', 'console');
  const fd = options.number('handshake-fd');
  const report = fd === undefined ? undefined : handshakeReport(fd);
  try {
    return await startNamed(context, options, report);
  } catch (error) {
    report?.failed(error);
    throw error;
  }
}

async function startNamed(
  context: Context,
  options: Options,
  report: HandshakeReport | undefined,
): Promise<number | undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'), [
    'uuid',
    'name',
  ]);
  if (domain.id !== undefined) {
    throw new CommandError('Domain is already active', { code: 'OPERATION_INVALID' });
  }
  const failure = `Failed to start domain '${domain.name}'`;
  const chosen = startOptions(context, options);
  await withErrorMessage(failure, () => {
    options.refuseUnsupported();
  });
  const begin = async (more: StartOptions): Promise<void> => {
    await withErrorMessage(failure, () => domain.start({ ...chosen, ...more }));
    report?.running(domain);
    context.output.extra(`Domain '${domain.name}' started`);
  };
  if (options.has('foreground')) return stay(context, domain, begin);
  const { late } = await abandonable(context.signals, (signal) =>
    begin({ ...bond(options), signal }),
  );
  return attach(context, options, { domain, late });
}

/** Opens the console if requested, unless a signal arrived too late to abandon the start. */
async function attach(
  context: Context,
  options: Options,
  { domain, late }: { readonly domain: Domain; readonly late: NodeJS.Signals | undefined },
): Promise<number | undefined> {
  if (!options.has('console') || late !== undefined) return undefined;
  return openConsole(context, domain);
}

async function stay(
  context: Context,
  domain: Domain,
  begin: (more: StartOptions) => Promise<void>,
): Promise<number> {
  const connection = await context.connect();
  connection.ref();
  return runInForeground({
    context,
    domain,
    runsAs: 'service',
    // The supervisor may kill this process without warning: that must end the container as well.
    start: (signal) => begin({ autodestroy: true, signal }),
    notify: (socket, text) => native().sendDatagram(socket, text),
  });
}

async function create(context: Context, options: Options): Promise<number | undefined> {
  const { from, begin } = options.has('image')
    ? await creationOfImage(context, options)
    : await creationOfFile(context, options);
  if (begin === undefined) return undefined;
  const failure = `Failed to create domain from ${from}`;
  const chosen = startOptions(context, options);
  await withErrorMessage(failure, () => {
    options.refuseUnsupported();
  });
  const { result: domain, late } = await abandonable(context.signals, (signal) =>
    withErrorMessage(failure, () =>
      begin({
        ...chosen,
        ...bond(options),
        ...(options.has('validate') ? { validate: true } : {}),
        signal,
      }),
    ),
  );
  context.output.extra(`Domain '${domain.name}' created from ${from}`);
  return attach(context, options, { domain, late });
}

interface Creation {
  /** The file or image, for messages. */
  readonly from: string;
  /** Undefined if there is nothing left to do. */
  readonly begin: ((options: CreateOptions) => Promise<Domain>) | undefined;
}

async function creationOfFile(context: Context, options: Options): Promise<Creation> {
  const from = options.required('file');
  const [misplaced] = imageDomainOptions.filter(({ name }) => options.has(name));
  if (misplaced !== undefined) {
    throw new UsageError(`Option --image is required by option --${misplaced.name}`);
  }
  const xml = readDefinitionFile(from);
  const connection = await context.connect();
  return { from, begin: (how) => connection.createDomain(xml, how) };
}

async function creationOfImage(context: Context, options: Options): Promise<Creation> {
  options.exclusive('file', 'image');
  const image = options.required('image');
  const domain = readImageDomain(options, { cmd: [], environment: context.environment });
  const connection = await context.connect();
  const from = `image ${image}`;
  if (!options.has('print-xml')) {
    const typed = { options, domain };
    return {
      from,
      begin: (how) => inTypedWords(typed, () => connection.createFromImage(image, domain, how)),
    };
  }
  const xml = await withErrorMessage(`Failed to describe a domain of ${from}`, () =>
    connection.images.domainXml(image, domain),
  );
  context.output.text(xml);
  return { from, begin: undefined };
}

async function destroy(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  await withErrorMessage(`Failed to destroy domain '${domain.name}'`, () => {
    options.refuseUnsupported();
    return domain.destroy({ graceful: options.has('graceful') });
  });
  context.output.extra(`Domain '${domain.name}' destroyed`);
  return undefined;
}

function bond(options: Options): StartOptions {
  return options.has('autodestroy') ? { autodestroy: true } : { ownership: 'leave' };
}

function startOptions({ output }: Context, options: Options): StartOptions {
  const consoleDescriptor = options.number('console-fd');
  const list = options.string('pass-fds') ?? '';
  return {
    onProgress: labelProgress(output),
    onWarning: warningOf(output),
    ...(options.has('strict') ? { strict: true } : {}),
    ...(consoleDescriptor === undefined ? {} : { consoleDescriptor }),
    ...(list === '' ? {} : { passDescriptors: list.split(',').map(descriptor) }),
  };
}

function descriptor(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new CommandError(`Unable to parse FD number '${text}'`, { code: 'INVALID_ARG' });
}

/** Milliseconds between two progress lines about the labelling of a large tree; shorter labelling shows none. */
const labelPause = 1000;

/** Says on stderr how far the labelling of a large tree is. */
export function labelProgress(output: Output): (progress: LabelProgress) => void {
  let last = performance.now();
  return ({ path, inodes }) => {
    if (output.verbosity === 'quiet' || performance.now() - last < labelPause) return;
    last = performance.now();
    output.note(`labelling ${path}: ${inodes} files so far`);
  };
}
