/** A definition as a DomainSpec, if that can express all of it. */
import { writeSpec } from '../../domain/builder/domain-xml';
import { specOf } from '../../domain/builder/read-spec';
import type { DomainSpec } from '../../domain/builder/spec';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { extensionNamespace } from '../../domain/xml/vocabulary';
import { TslxcError } from '../../errors';
import type { Session } from '../session/session';

/** @throws TslxcError CONFIG_UNSUPPORTED for anything that a DomainSpec can't express, with that line of the XML. */
export function readSpec(session: Pick<Session, 'parse'>, xml: string): DomainSpec {
  const { definition } = session.parse(xml);
  const spec = specOf(definition);
  const again = session.parse(writeSpec(spec)).definition;
  const written = linesOf(again);
  const missing = linesOf(definition).find((line, index) => written[index] !== line);
  if (missing !== undefined || written.length > linesOf(definition).length) {
    throw wordless(definition, missing?.trim() ?? '');
  }
  if (meaningOf(again) !== meaningOf(definition)) throw wordless(definition, '<tslxc:container>');
  return spec;
}

function wordless({ name }: DomainDefinition, line: string): TslxcError {
  const detail = `a DomainSpec has no word for '${line}' of domain '${name}'`;
  return new TslxcError('CONFIG_UNSUPPORTED', detail, { domain: name });
}

function linesOf(definition: DomainDefinition): string[] {
  const metadata = definition.metadata.filter(({ namespace }) => namespace !== extensionNamespace);
  return formatDomain({ ...definition, metadata }).split('\n');
}

function meaningOf({ extension }: DomainDefinition): string {
  const comparable = (key: string, value: unknown): unknown => {
    if (key === 'position') return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  };
  const ordered = Object.entries(extension).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(ordered, comparable);
}
