/** `<seclabel>` below a `<source>`: this source gets a label other than the domain's, or none. */
import type { DomainDefinition } from '../definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { childrenOf, type Reading, type ReadingSession } from '../xml/reading';
import { checkModels, labelOf, modelOf, readSeclabel, relabelOf } from './seclabel-words';
import type { SecurityLabel, SourceLabel } from './definition';
import { vocabulary } from '../xml/vocabulary';

/** In live XML, `labelskip` says that the source could not be labelled. */
export const sourceLabelVocabulary = vocabulary({
  attributes: { model: 'supported', relabel: 'supported', labelskip: 'output' },
  children: { label: 'one' },
  unknown: 'refused',
});

/**
 * Empty if `<source>` has no `<seclabel>`.
 *
 * @throws DefinitionError XML_ERROR for a label that would not be used; XML_DETAIL for a second one of the same model.
 */
export function parseSourceLabels(
  source: Reading | undefined,
  session: ReadingSession,
): { readonly sourceLabels?: readonly SourceLabel[] } {
  const readings = (source === undefined ? [] : childrenOf(source, 'seclabel')).map((at) =>
    readSeclabel(at, sourceLabelVocabulary, session),
  );
  if (readings.length === 0) return {};
  checkModels(readings);
  return { sourceLabels: readings.map(parseSourceLabel) };
}

function parseSourceLabel(reading: Reading): SourceLabel {
  const { at } = reading;
  const model = modelOf(reading);
  const relabel = relabelOf(reading) ?? true;
  const label = labelOf(reading, 'label');
  if (label !== undefined && !relabel) {
    const detail = `Cannot specify a label if relabelling is turned off. model=${model ?? '(null)'}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'relabel'));
  }
  return {
    ...(model === undefined ? {} : { model }),
    relabel,
    ...(label === undefined ? {} : { label }),
    position: at.position,
  };
}

type Labelled = Pick<
  DomainDefinition,
  'disks' | 'filesystems' | 'hostDevices' | 'consoles' | 'securityLabels'
>;

/** The source labels of all devices, each with the path of its element. */
export function sourceLabelsOf(
  definition: Omit<Labelled, 'securityLabels'>,
): { readonly path: string; readonly label: SourceLabel }[] {
  const devices = [
    { name: 'disk', list: definition.disks },
    { name: 'filesystem', list: definition.filesystems },
    { name: 'hostdev', list: definition.hostDevices },
    { name: 'console', list: definition.consoles },
  ];
  return devices.flatMap(({ name, list }) =>
    list.flatMap(({ sourceLabels = [] }) =>
      sourceLabels.map((label) => ({ path: `domain/devices/${name}/source/seclabel`, label })),
    ),
  );
}

/** @throws DefinitionError XML_ERROR for a source label whose model is that of a domain label that turns relabelling off. */
export function checkSourceLabels(definition: Labelled): void {
  const isOff = (label: SourceLabel): boolean =>
    definition.securityLabels.some(
      ({ model, relabel }: SecurityLabel) => model === label.model && !relabel,
    );
  for (const { path, label } of sourceLabelsOf(definition)) {
    if (!isOff(label)) continue;
    const detail = 'label overrides require relabeling to be enabled at the domain level';
    throw definitionError('XML_ERROR', detail, { path, position: label.position });
  }
}

/** The elements as libvirt prints them. */
export function formatSourceLabels(labels: readonly SourceLabel[] = []): PrintableElement[] {
  return labels.map(({ model, relabel, label }) =>
    node(
      'seclabel',
      { model, relabel: relabel ? 'yes' : 'no' },
      label === undefined ? [] : [node('label', {}, [label])],
    ),
  );
}
