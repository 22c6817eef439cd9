/** `<seclabel>` of the domain as libvirt prints it: as asked for, or with the labels that a running container has. */
import type { DomainDefinition } from '../definition';
import { node, type PrintableElement } from '../xml/print';
import type { LiveSecurity, SecurityLabel } from './definition';

type Printed = Omit<SecurityLabel, 'position'>;

/** A running container that got its label without having asked for one shows that too. */
export function formatSecurityLabels(
  { securityLabels }: DomainDefinition,
  live: LiveSecurity | undefined,
): PrintableElement[] {
  if (live === undefined) return securityLabels.map((label) => formatLabel(label));
  const isRunning = ({ type, model = live.model }: Printed): boolean =>
    type !== 'none' && model === live.model;
  const implicit: Printed = { type: 'dynamic', model: live.model, relabel: true };
  const all = securityLabels.some(isRunning) ? securityLabels : [...securityLabels, implicit];
  return all.map((label) =>
    isRunning(label) ? formatLabel({ ...label, model: live.model }, live) : formatLabel(label),
  );
}

function formatLabel(label: Printed, live?: LiveSecurity): PrintableElement {
  const { type, model, relabel } = label;
  if (type === 'none') return node('seclabel', { type, model });
  const imageLabel = relabel ? live?.imageLabel : undefined;
  return node('seclabel', { type, model, relabel: relabel ? 'yes' : 'no' }, [
    ...child('label', live?.label ?? label.label),
    ...child('imagelabel', imageLabel),
    ...child('baselabel', label.baseLabel),
  ]);
}

function child(name: string, text: string | undefined): PrintableElement[] {
  return text === undefined ? [] : [node(name, {}, [text])];
}
