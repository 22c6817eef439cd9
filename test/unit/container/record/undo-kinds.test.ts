/** lib/container/record/undo.ts: what a newer version has taken from the host, and this one does not know. */
import { undoAll, undosAfterBoot } from '../../../../lib/container/record/undo';
import type { Undo } from '../../../../lib/container/record/undo';
import { isKnownUndo } from '../../../../lib/container/record/undo-kinds';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const unknown = { undo: 'releaseWormhole', id: 7 } as unknown as Undo;
const context = { networks: [], notice: () => undefined };
const refusal = {
  code: 'OPERATION_UNSUPPORTED',
  message: expect.stringContaining("'releaseWormhole'") as string,
};

test('it is refused by its name, and everything else is given back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-undo-'));
  const mac = '52:54:00:00:00:01';
  const told = join(folder, 'hosts', mac);
  mkdirSync(join(folder, 'hosts'));
  writeFileSync(told, '');
  const name: Undo = { undo: 'removeName', folder, mac };
  await expect(undoAll([name, unknown], context)).rejects.toMatchObject(refusal);
  expect(existsSync(told)).toBe(false);
  await undoAll([name], context);
  rmSync(folder, { recursive: true });
});

test('after another boot it is not taken for gone, as the rest is', async () => {
  const removed: Undo = { undo: 'removeLink', name: 'vnet0', mac: '52:54:00:00:00:01' };
  const left = undosAfterBoot([removed, unknown]);
  expect(left).toEqual([unknown]);
  await expect(undoAll(left, context)).rejects.toMatchObject(refusal);
});

test.each(['toString', '__proto__', ''])('%j is no kind, although every object has it', (undo) => {
  expect(isKnownUndo({ undo } as Undo)).toBe(false);
});
