/** The fenced blocks of README.md and docs/, as the tests run them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../process/run-command';

/** Languages of blocks that are run, and of those that only show something. */
export const runLanguages = ['console', 'js', 'sh', 'xml'] as const;
export const shownLanguages = ['text'] as const;

export interface Block {
  /** Such as `docs/exec.md`. */
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** Ends with a newline. */
  readonly text: string;
  /** Of a block that is not run: the reason that stands in the comment before it. */
  readonly reason?: string;
}

/** README.md, and all pages of docs/, sorted. */
export function documentPages(): string[] {
  const names = readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', ...pages.sort()];
}

export function readPage(page: string): string {
  return readFileSync(join(packageRoot, page), 'utf8');
}

const fenced = /(?:<!-- not run: ([^>]+?) -->\n\n)?^```(\S*)\n([^]*?)^```$/gm;

/** The blocks of a page in their order. */
export function blocksOf(page: string, content = readPage(page)): Block[] {
  return [...content.matchAll(fenced)].map((match) => {
    const [whole, reason, language = '', text = ''] = match;
    const opening = match.index + whole.indexOf('```');
    const line = content.slice(0, opening).split('\n').length;
    return { page, line, language, text, ...(reason === undefined ? {} : { reason }) };
  });
}

/** Those of all pages that a test runs. */
export function runBlocks(): Block[] {
  return documentPages()
    .flatMap((page) => blocksOf(page))
    .filter(({ language, reason }) => isRun(language) && reason === undefined);
}

function isRun(language: string): boolean {
  return (runLanguages as readonly string[]).includes(language);
}

/** `docs/exec.md:12`, for a failure. */
export function placeOf({ page, line }: Block): string {
  return `${page}:${line}`;
}
