/** Which `<seclabel>` a start goes by. */
import { effectiveLabel } from '../../../../lib/container/security/effective';
import type { LabelChoice, WrittenLabel } from '../../../../lib/container/security/effective';

const position = { line: 7, column: 3 };
const dynamic: WrittenLabel = { type: 'dynamic', relabel: true, position };
const none: WrittenLabel = { type: 'none', relabel: false, position };
const fixed: WrittenLabel = { type: 'static', relabel: false, label: 'u:r:t:s0', position };

interface Case {
  readonly labels?: readonly WrittenLabel[];
  readonly model?: LabelChoice['model'];
  readonly defaults?: boolean;
  readonly require?: boolean;
}

function effective({ labels = [], model = 'selinux', ...settings }: Case): unknown {
  const { defaults: defaultConfined = false, require: requireConfined = false } = settings;
  return effectiveLabel({ labels, model, settings: { defaultConfined, requireConfined } });
}

test('without one, the host’s default counts, where it can', () => {
  expect(effective({})).toBeUndefined();
  expect(effective({ defaults: true })).toEqual({ type: 'dynamic', relabel: true });
  expect(effective({ defaults: true, model: 'none' })).toBeUndefined();
});

test('that of the host’s model counts, or one of no model', () => {
  const labels = [dynamic, { ...fixed, model: 'selinux' }];
  expect(effective({ labels: [{ ...fixed, model: 'selinux' }] })).toMatchObject({ type: 'static' });
  expect(effective({ labels })).toMatchObject({ type: 'dynamic', position });
  expect(effective({ labels: [none], defaults: true })).toBeUndefined();
});

test.each(['selinux', 'apparmor', 'dac', 'smack'])('%s is refused where it is not', (model) => {
  for (const host of ['none', model === 'selinux' ? 'apparmor' : 'selinux'] as const) {
    expect(() => effective({ labels: [dynamic, { ...none, model }], model: host })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNSUPPORTED',
        element: 'domain/seclabel',
        line: 7,
        column: 3,
        message: `unsupported configuration: Security driver model '${model}' is not available`,
      }) as Error,
    );
  }
});

test('on a host without a model a dynamic label is none, and a static one is refused', () => {
  expect(effective({ labels: [dynamic], model: 'none' })).toBeUndefined();
  expect(effective({ labels: [{ ...none, model: 'none' }], model: 'none' })).toBeUndefined();
  expect(() => effective({ labels: [fixed], model: 'none' })).toThrow(
    expect.objectContaining({ code: 'CONFIG_UNSUPPORTED', line: 7 }) as Error,
  );
});

test('the model none is everywhere, and confines nobody', () => {
  expect(effective({ labels: [{ ...none, model: 'none' }], model: 'selinux' })).toBeUndefined();
});

test.each([
  [{ labels: [] }],
  [{ labels: [none] }],
  [{ labels: [dynamic], model: 'none' }],
  [{ labels: [{ ...none, model: 'none' }] }],
] as const)('a host that wants all confined refuses %j', (choice) => {
  expect(() => effective({ ...choice, require: true })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_UNSUPPORTED',
      message: 'unsupported configuration: Unconfined guests are not allowed on this host',
    }) as Error,
  );
});

test('and starts what is', () => {
  expect(effective({ labels: [fixed], require: true })).toMatchObject({ label: 'u:r:t:s0' });
  expect(effective({ defaults: true, require: true })).toMatchObject({ type: 'dynamic' });
});
