/** dominfo, domstate, domid, domuuid, domname, dumpxml and ttyconsole: information about one domain. */
import { formatOption, showsData } from '../../output/data';
import { CommandError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import {
  isolationWords,
  reasonWords,
  stateWord,
  stateWords,
} from '../../output/words/domain-words';
import { showXml, xpathOptions } from '../../options/xpath-option';
import type { Domain, HealthInfo, SecurityLabelInfo } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context, Group } from '../../shell/command';
import type { Key } from '../../options/domain-argument';

interface Inspection {
  readonly group: Group;
  readonly summary: string;
  readonly description?: string;
  readonly options?: readonly Option[];
  readonly example: string;
  /** The kinds of identifiers by which the domain may be looked up. Default: all. */
  readonly keys?: readonly Key[];
  show(domain: Domain, context: Context, options: Options): Promise<void> | void;
  /** Returns the same information as data; undefined if `show` prints XML. */
  readonly data: ((domain: Domain, context: Context) => unknown) | undefined;
}

const words: Readonly<Record<Key, string>> = { name: 'name', id: 'id', uuid: 'uuid' };

function inspection(row: Inspection): Command {
  const keys = row.keys ?? ['name', 'id', 'uuid'];
  const help = `domain ${keys.map((key) => words[key]).join(' or ')}`;
  return {
    group: row.group,
    summary: row.summary,
    description: row.description ?? '',
    options: [
      row.keys === undefined ? domainOption : { ...domainOption, help },
      ...(row.options ?? []),
      ...(row.data === undefined ? [] : [formatOption]),
    ],
    example: row.example,
    async run(context, options): Promise<undefined> {
      const domain = await findDomain(await context.connect(), options.required('domain'), keys);
      if (row.data === undefined || options.string('format') !== 'json') {
        await row.show(domain, context, options);
      } else {
        showsData(context.output, options, await row.data(domain, context));
      }
      return undefined;
    },
  };
}

export const commands: CommandTable = {
  dominfo: inspection({
    group: 'monitor',
    summary: 'domain information',
    description: 'Returns basic information about the domain.',
    example: 'tslxc dominfo helloworld',
    show: showInformation,
    data: informationOf,
  }),
  domstate: inspection({
    group: 'monitor',
    summary: 'domain state',
    description: 'Returns state about a domain.',
    options: [
      { name: 'reason', kind: 'flag', help: 'also print reason for the state, and how init ended' },
    ],
    example: 'tslxc domstate helloworld --reason',
    async show(domain, { output }, options) {
      const state = await domain.state();
      const word = stateWord(state.state);
      output.line(options.has('reason') ? `${word} (${reasonWords(state)})` : word);
    },
    data: (domain) => domain.state(),
  }),
  domid: inspection({
    group: 'domain',
    summary: 'convert a domain name or UUID to domain id',
    keys: ['name', 'uuid'],
    example: 'tslxc domid helloworld',
    show: ({ id }, { output }) => output.line(idWord(id)),
    data: identityOf,
  }),
  domname: inspection({
    group: 'domain',
    summary: 'convert a domain id or UUID to domain name',
    keys: ['id', 'uuid'],
    example: 'tslxc domname 31417',
    show: ({ name }, { output }) => output.line(name),
    data: identityOf,
  }),
  domuuid: inspection({
    group: 'domain',
    summary: 'convert a domain name or id to domain UUID',
    keys: ['name', 'id'],
    example: 'tslxc domuuid helloworld',
    show: ({ uuid }, { output }) => output.line(uuid),
    data: identityOf,
  }),
  dumpxml: inspection({
    group: 'domain',
    summary: 'domain information in XML',
    description: 'Output the domain information as an XML dump to stdout.',
    options: [
      { name: 'inactive', kind: 'flag', help: 'show inactive defined XML' },
      {
        name: 'security-info',
        kind: 'flag',
        help: "include what is secret: a container's XML shows all",
      },
      { name: 'update-cpu', kind: 'flag', help: 'accepted: a container has the CPUs of its host' },
      { name: 'migratable', kind: 'flag', help: "accepted: a container's XML is the same" },
      ...xpathOptions,
    ],
    example: 'tslxc dumpxml helloworld --inactive',
    async show(domain, context, options) {
      const which = options.has('inactive') ? ({ which: 'inactive' } as const) : {};
      showXml(context, options, await domain.xml(which));
    },
    data: undefined,
  }),
  ttyconsole: inspection({
    group: 'domain',
    summary: 'tty console',
    description: 'Output the device for the TTY console: any terminal program can open it.',
    example: 'tslxc ttyconsole helloworld',
    show: showTtyConsole,
    data: (domain) => ({ path: consolePathOf(domain) }),
  }),
};

function identityOf({ id, name, uuid }: Domain): object {
  return { id: id ?? null, name, uuid };
}

async function informationOf(domain: Domain, context: Context): Promise<object> {
  const info = await domain.info();
  const security = await (await context.connect()).securityModel();
  const label = await domain.securityLabel();
  return { ...identityOf(domain), osType: 'exe', ...info, security: { ...security, ...label } };
}

function idWord(id: number | undefined): string {
  return id === undefined ? '-' : String(id);
}

async function showInformation(domain: Domain, context: Context): Promise<void> {
  const info = await domain.info();
  const security = await (await context.connect()).securityModel();
  const label = await domain.securityLabel();
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Id:', idWord(domain.id)],
    ['Name:', domain.name],
    ['UUID:', domain.uuid],
    ['OS Type:', 'exe'],
    ['State:', stateWords(info.state)],
    ['CPU(s):', String(info.vcpus)],
    ['CPU time:', info.cpuTime === undefined ? undefined : seconds(info.cpuTime)],
    ['Max memory:', `${String(info.maxMemory)} KiB`],
    ['Used memory:', `${String(info.usedMemory)} KiB`],
    ['Persistent:', info.persistent ? 'yes' : 'no'],
    ['Autostart:', info.autostart ? 'enable' : 'disable'],
    ['Managed save:', 'no'],
    ['Security model:', security.model],
    ['Security DOI:', security.doi],
    ['Security label:', label && labelWords(label)],
    ['Isolation:', isolationWords(info.isolation, await domain.startRefusal())],
    ['Health:', info.health && healthWords(info.health)],
  ];
  for (const [title, value] of rows) {
    if (value !== undefined) context.output.line(`${title.padEnd(15)} ${value}`);
  }
}

function labelWords({ label, enforcing }: SecurityLabelInfo): string {
  return `${label} (${enforcing ? 'enforcing' : 'permissive'})`;
}

function healthWords({ state, failures, message, overdue, checkedAt = 0 }: HealthInfo): string {
  const seconds = Math.round((Date.now() - checkedAt) / 1000);
  const said = [
    ...(message === undefined || failures === 0 ? [] : [`${String(failures)} failed`]),
    ...(message === undefined ? [] : [message]),
    ...(overdue === true ? [`checked ${String(seconds)} s ago, and nothing on record since`] : []),
  ];
  return said.length === 0 ? state : `${state} (${said.join(', ')})`;
}

/** Nanoseconds as `0.1s`. */
function seconds(nanoseconds: bigint): string {
  return `${(Number(nanoseconds) / 1e9).toFixed(1)}s`;
}

function showTtyConsole(domain: Domain, { output }: Context): void {
  output.line(consolePathOf(domain));
}

function consolePathOf(domain: Domain): string {
  if (domain.id === undefined) {
    throw new CommandError('The domain is not running', { code: 'OPERATION_INVALID' });
  }
  const path = domain.consolePath();
  if (path === undefined) {
    throw new CommandError('The domain has no console', { code: 'OPERATION_INVALID' });
  }
  return path;
}
