/** Runs the blocks of one page in their order, and holds what they print against the page. */
import { blocksOf, placeOf } from './blocks';
import type { Block } from './blocks';
import type { DocumentWorld } from './document-world';
import { comparable } from './transcript';

/** What the blocks of `js` and `sh` of a page print, in their order. */
export type PrintedBlocks = readonly RegExp[];

/** Fails for a block that can't be run, prints something else, or that nothing is known of. */
export async function expectPage(
  world: DocumentWorld,
  page: string,
  printed: PrintedBlocks,
): Promise<void> {
  const blocks = blocksOf(page).filter(({ reason }) => reason === undefined);
  const expected = [...printed];
  for (const block of blocks) {
    if (block.language === 'console') await expectTranscript(world, block);
    if (block.language !== 'js' && block.language !== 'sh') continue;
    const pattern = expected.shift();
    if (pattern === undefined) throw new Error(`${placeOf(block)}: nothing says what it prints`);
    const text = await output(world, block);
    if (!pattern.test(text)) throw new Error(`${placeOf(block)} printed ${JSON.stringify(text)}`);
  }
  expect(expected).toEqual([]);
}

function output(world: DocumentWorld, block: Block): Promise<string> {
  if (block.language === 'sh') return world.ran(block);
  return /^main\(\);$/m.test(block.text) ? world.executed(block) : world.performed(block);
}

async function expectTranscript(world: DocumentWorld, block: Block): Promise<void> {
  const shown = await world.typed(block);
  expect([placeOf(block), ...comparable(shown)]).toEqual([
    placeOf(block),
    ...comparable(block.text),
  ]);
}
