/** list: all domains, as virsh's table or with one value per line. */
import { formatOption, showsData } from '../../output/data';
import { TslxcError } from '../../../errors';
import { listedDomain, listedUnknown, tellReasons } from '../../output/listed-state';
import { isolationWords, noStateWords } from '../../output/words/domain-words';
import { formatTable } from '../../output/table';
import { titleOf } from '../../output/title';
import type { SeenDomain } from '../../../driver/connection';
import type { Domain, DomainState, ListFilter } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

function flag(name: string, help: string): Option {
  return { name, kind: 'flag', help };
}

/** Filters for properties that virtual machines may have, and containers never have. */
const absent = [
  { name: 'checkpoint', what: 'checkpoints' },
  { name: 'managed-save', what: 'managed save state' },
] as const;

export const commands: CommandTable = {
  list: {
    group: 'monitor',
    summary: 'list domains',
    description: 'Returns list of domains: the running ones by id, then the others by name.',
    options: [
      flag('inactive', 'list inactive domains'),
      flag('all', 'list inactive & active domains'),
      flag('transient', 'list transient domains'),
      flag('persistent', 'list persistent domains'),
      flag('state-running', 'list domains in running state'),
      flag('state-paused', 'list domains in paused state'),
      flag('state-shutoff', 'list domains in shutoff state'),
      flag('state-other', 'list domains in other states'),
      flag('with-snapshot', 'list domains with existing snapshot'),
      flag('without-snapshot', 'list domains without a snapshot'),
      ...absent.flatMap(({ name, what }) => [
        flag(`with-${name}`, `list domains with ${what}: no container has any`),
        flag(`without-${name}`, `list domains without ${what}: every container`),
      ]),
      flag('autostart', 'list domains with autostart enabled'),
      flag('no-autostart', 'list domains with autostart disabled'),
      flag('uuid', 'list UUIDs only'),
      flag('name', 'list domain names only'),
      flag('id', 'list domain IDs only'),
      flag('table', 'list table (default)'),
      flag('managed-save', 'accepted: no container has a managed save state'),
      flag('title', 'show domain title'),
      flag('isolation', 'show which domains are a security boundary'),
      formatOption,
    ],
    example: 'tslxc list --all',
    run: list,
  },
};

async function list(context: Context, options: Options): Promise<number | undefined> {
  for (const value of ['name', 'id']) options.exclusive('table', value);
  const connection = await context.connect();
  const seen = await connection.listSeenDomains(filterOf(options));
  const { domains, unknown } = await passing(seen, options);
  for (const { name, error } of unknown) {
    context.output.error(
      `domain '${name}': ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  await show(context, options, domains);
  return unknown.length === 0 ? undefined : 1;
}

async function show(
  context: Context,
  options: Options,
  domains: readonly SeenDomain[],
): Promise<void> {
  if (options.string('format') === 'json') {
    const asked = columnsOf(options);
    const data = await Promise.all(domains.map((seen) => dataOf(seen, asked)));
    showsData(context.output, options, data.flat());
    return;
  }
  if (['name', 'uuid', 'id'].some((value) => options.has(value)) && !options.has('table')) {
    for (const domain of domains) {
      const values = valuesOf(domain, options);
      if (values.length > 0) context.output.line(values.join(' '));
    }
    return;
  }
  const columns = columnsOf(options);
  const rows = await Promise.all(domains.map((seen) => rowOf(seen, columns)));
  const header = ['Id', 'Name', 'State', ...columns.map((column) => titles[column])];
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  const shown = rows.flat();
  context.output.text(formatTable({ header, rows: shown.map(({ cells }) => cells) }, style));
  tellReasons(context.output, shown);
}

interface Row {
  readonly cells: readonly string[];
  readonly what: string;
  /** Why its state is not known, or its definition. */
  readonly reasons: readonly string[];
}

/** Columns that are shown only if they are asked for, in this order. */
type Column = 'title' | 'uuid' | 'isolation';

const titles: Readonly<Record<Column, string>> = {
  title: 'Title',
  uuid: 'UUID',
  isolation: 'Isolation',
};

/** Of a domain whose definition can't be read, or whose state. */
function unknownCell({ uuid }: Domain, column: Column): string {
  return { title: '', uuid, isolation: 'unknown' }[column];
}

function columnsOf(options: Options): readonly Column[] {
  const asked = (['title', 'uuid', 'isolation'] as const).filter((column) => options.has(column));
  return options.has('table') ? asked : asked.filter((column) => column !== 'uuid');
}

function filterOf(options: Options): ListFilter {
  const [persistent, transient] = [options.has('persistent'), options.has('transient')];
  const [marked, unmarked] = [options.has('autostart'), options.has('no-autostart')];
  return {
    ...(options.has('all') ? {} : { state: options.has('inactive') ? 'inactive' : 'active' }),
    ...(persistent === transient ? {} : { persistence: persistent ? 'persistent' : 'transient' }),
    ...(marked === unmarked ? {} : { autostart: marked ? 'on' : 'off' }),
  };
}

interface Passing {
  readonly domains: readonly SeenDomain[];
  /** Those of which it can't be told whether they pass: without them the list is no answer to a program. */
  readonly unknown: readonly { readonly name: string; readonly error: unknown }[];
}

/** The domains that pass the filters that the library does not provide. */
async function passing(domains: readonly SeenDomain[], options: Options): Promise<Passing> {
  // Both options of a pair together filter nothing.
  const isImpossible = ({ name }: { readonly name: string }): boolean =>
    options.has(`with-${name}`) && !options.has(`without-${name}`);
  if (absent.some(isImpossible)) return { domains: [], unknown: [] };
  const states = ['running', 'paused', 'shutoff', 'other'].filter((state) =>
    options.has(`state-${state}`),
  );
  const [kept, bare] = [options.has('with-snapshot'), options.has('without-snapshot')];
  if (states.length === 0 && kept === bare) return { domains, unknown: [] };
  const unknown: { name: string; error: unknown }[] = [];
  const found = await Promise.all(
    domains.map((seen) => {
      const fits = async (): Promise<SeenDomain[]> => {
        const { state } = await seen.state();
        const asked = state === 'nostate' ? 'other' : state;
        if (states.length > 0 && !states.includes(asked)) return [];
        if (kept !== bare && (await hasSnapshots(seen)) !== kept) return [];
        return [seen];
      };
      // A domain whose state can't be read counts as `other`.
      const isOther = states.length === 0 || states.includes('other');
      return listed(fits, (error) => {
        if (isOther) return [seen];
        unknown.push({ name: seen.domain.name, error });
        return [];
      });
    }),
  );
  return { domains: found.flat(), unknown };
}

async function hasSnapshots({ domain }: SeenDomain): Promise<boolean> {
  return (await domain.snapshots.list()).length > 0;
}

/** A domain as data; if its state can't be read, with the reason. */
function dataOf(seen: SeenDomain, asked: readonly Column[]): Promise<object[]> {
  const { name, uuid } = seen.domain;
  const isAsked = asked.includes('isolation');
  const known = async (): Promise<object[]> => {
    const state = await seen.state();
    const told = isAsked ? await isolationData(seen, state) : {};
    return [{ id: seen.id ?? null, name, uuid, ...state, ...told }];
  };
  return listed(known, (error) => [
    { id: seen.id ?? null, name, uuid, state: 'nostate', reason: noStateWords(error) },
  ]);
}

/** None of a domain that would not start: then the reason is there. */
async function isolationData(seen: SeenDomain, state: DomainState): Promise<object> {
  if (!hasXml(seen, state)) return { isolation: null };
  const refused = await seen.domain.startRefusal();
  if (refused !== undefined) return { isolation: null, refused };
  return { isolation: (await seen.domain.info()).isolation };
}

/** With `--id` alone, domains without an id are left out. */
function valuesOf({ domain, id }: SeenDomain, options: Options): string[] {
  if (id === undefined && options.has('id') && !options.has('uuid') && !options.has('name'))
    return [];
  return [
    ...(options.has('uuid') ? [domain.uuid] : []),
    ...(options.has('id') ? [id === undefined ? '-' : String(id)] : []),
    ...(options.has('name') ? [domain.name] : []),
  ];
}

/** The row of a domain; none if it was undefined in the meantime. */
async function rowOf(seen: SeenDomain, columns: readonly Column[]): Promise<Row[]> {
  const { domain } = seen;
  const what = `domain '${domain.name}'`;
  const id = seen.id === undefined ? '-' : String(seen.id);
  const known = async (): Promise<Row[]> => {
    const state = await seen.state();
    const isKnown = hasXml(seen, state);
    const { cell, reasons } = listedDomain(state);
    const cells = [id, domain.name, cell];
    for (const column of columns) {
      cells.push(isKnown ? await cellOf(domain, column) : unknownCell(domain, column));
    }
    return [{ cells, what, reasons }];
  };
  const blank = columns.map((column) => unknownCell(domain, column));
  return listed(known, (error) => {
    const { cell, reasons } = listedUnknown(error);
    return [{ cells: [id, domain.name, cell, ...blank], what, reasons }];
  });
}

/** Whether there is a definition that can be read. */
function hasXml({ id }: SeenDomain, state: DomainState): boolean {
  return state.state !== 'nostate' && (id !== undefined || state.unreadable === undefined);
}

async function cellOf(domain: Domain, column: Column): Promise<string> {
  switch (column) {
    case 'title':
      return titleOf(await domain.xml());
    case 'uuid':
      return domain.uuid;
    case 'isolation':
      return isolationWords((await domain.info()).isolation, await domain.startRefusal());
  }
}

/** The result of `action` for one domain; nothing if the domain is gone. An error does not keep other domains from being listed. */
async function listed<T>(
  action: () => Promise<T[]>,
  otherwise: (error: unknown) => T[],
): Promise<T[]> {
  try {
    return await action();
  } catch (error) {
    return TslxcError.is(error, 'NO_DOMAIN') ? [] : otherwise(error);
  }
}
