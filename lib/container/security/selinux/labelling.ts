/** The labelling of a start by SELinux. */
import { sharesRoot } from '../../../domain/filesystem/lookup';
import { definitionError } from '../../../domain/xml/source-location';
import { TslxcError } from '../../../errors';
import type { SelinuxHost } from '../../../host/security/driver';
import { ownLabel } from '../../../host/security/process-labels';
import { canonicalContext } from '../../../host/security/selinuxfs';
import { securityFacts } from '../../../plan/security/labels';
import { assignLabels, previewLabels } from './assign';
import type { SelinuxLabels } from './assign';
import type { Looks } from '../../looks/looks';
import { releaseRange } from './categories';
import { entryLabel } from '../entry-label';
import type { Labelling, LabelledStart } from '../labelled-start';
import { withMountsBelow } from '../relabel/mounts-below';
import { checkRelabel } from '../relabel/relabel';
import type { RelabelledSource } from '../relabel/relabel';
import { checkDeviceLabels, sourcesToLabel } from '../relabel/sources';
import { checkEntryPoint, checkTransition } from './transition';

type SelinuxStart = LabelledStart & { readonly host: SelinuxHost };

/** @throws as claimLabelling; nothing is taken then. */
export async function claimSelinux(start: SelinuxStart, looks: Looks): Promise<Labelling> {
  const { paths, definition, asked, host } = start;
  checkDeviceLabels(definition, host.model);
  const owner = { root: paths.root, name: definition.name };
  const assigned = await assignLabels({ asked, host, caller: ownLabel(), owner });
  try {
    const sources = await labelledSources({ paths, definition, assigned }, looks);
    const force = definition.extension.relabelSystem === true;
    await checkPolicy(start, { assigned, sources }, looks);
    return {
      ...labellingOf(assigned, sources),
      force,
      undo: [
        { undo: 'releaseCategories', ...owner },
        ...(sources.length === 0 ? [] : [{ undo: 'restoreLabels', ...owner } as const]),
      ],
    };
  } catch (error) {
    await releaseRange(owner);
    throw error;
  }
}

/**
 * The sources to label on the host for these file systems, with labels in the kernel's form.
 *
 * @throws DefinitionError for a source that can't be labelled that way.
 */
export async function labelledSources(
  {
    paths,
    definition,
    assigned,
  }: Pick<LabelledStart, 'paths' | 'definition'> & {
    readonly assigned: Pick<
      SelinuxLabels,
      'model' | 'imageLabel' | 'readonlyImageLabel' | 'relabel'
    >;
  },
  looks: Looks,
): Promise<RelabelledSource[]> {
  const named = assigned.relabel ? sourcesToLabel(definition, assigned).map(inPolicy) : [];
  const sources = await withMountsBelow(named, { paths, looks });
  checkRelabel(sources, { paths, force: definition.extension.relabelSystem === true });
  return sources;
}

/** Claims nothing, and changes nothing. */
export function previewSelinux({ definition, asked, host }: SelinuxStart): Labelling {
  checkDeviceLabels(definition, host.model);
  const assigned = previewLabels({ asked, host, caller: ownLabel() });
  const sources = assigned.relabel ? sourcesToLabel(definition, assigned) : [];
  return { ...labellingOf(assigned, sources), undo: [] };
}

/**
 * The source, with its label in the form in which the kernel reads it back. @throws DefinitionError XML_ERROR for a
 * label that the policy does not have.
 */
function inPolicy(source: RelabelledSource): RelabelledSource {
  const label = canonicalContext(source.label);
  if (label !== undefined) return { ...source, label };
  const detail = `Invalid security label ${source.label}`;
  if (source.place === undefined) throw new TslxcError('XML_ERROR', detail);
  throw definitionError('XML_ERROR', detail, source.place);
}

interface Labels {
  readonly assigned: SelinuxLabels;
  readonly sources: readonly RelabelledSource[];
}

async function checkPolicy(
  { definition, asked }: SelinuxStart,
  { assigned: { label, imageLabel }, sources }: Labels,
  looks: Looks,
): Promise<void> {
  const { position } = asked;
  checkTransition({ own: ownLabel(), label, position });
  const entry = await entryLabel(definition, { sources, mountLabel: imageLabel }, looks);
  if (entry === undefined) return;
  const root = sharesRoot(definition) ? 'shared' : 'private';
  checkEntryPoint({ label, fileLabel: entry.fileLabel, root, position });
}

function labellingOf(
  assigned: SelinuxLabels,
  sources: readonly RelabelledSource[],
): Omit<Labelling, 'undo'> {
  const facts = securityFacts(assigned);
  return { security: assigned, facts, sources };
}
