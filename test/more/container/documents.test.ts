/**
 * The examples of README.md and docs/, run as they are printed, page by page: what is typed at a shell, and what the library
 * is asked for. Those of docs/networks.md are run by test/more/network/documents.test.ts.
 */
import { containerTest, nothing } from '../../support/world/container-test';
import { documentPages, runBlocks } from '../../support/documents/blocks';
import { DocumentWorld } from '../../support/documents/document-world';
import { expectPage } from '../../support/documents/run-page';
import type { PrintedBlocks } from '../../support/documents/run-page';
import { domainXml } from '../../support/domain/domain-xml';

/** It listens at a port of a network of its own, and ends when it is asked to. */
const xml = domainXml({
  name: 'web',
  memory: 262_144,
  initArguments: [
    '-c',
    "trap 'exit 0' TERM; busybox httpd -p 8080 -h /tmp; echo listening on 8080; while :; do sleep 0.1; done",
  ],
  elements: '<features><privnet/></features>',
});

const noOutput = /^$/;

/** Page → what its blocks of `js` and `sh` print. */
const pages: Readonly<Record<string, PrintedBlocks>> = {
  'README.md': [noOutput, /^world\r\nhello world\r\ninit exited with 3\n$/],
  'docs/exec.md': [/^nobody\n\/tmp\n\{ code: 0 \}\n$/, /exit\r\n[^]*\{ code: 0 \}\n$/],
  'docs/filesystems-and-roots.md': [/^copying \/bin\/busybox/],
  'docs/library.md': [
    noOutput,
    /^\d+ running \d+\n$/,
    /^bigint string true\n$/,
    noOutput,
    /^NO_DOMAIN\n$/,
  ],
  'docs/limits.md': [/^\{\n {2}hardLimit: 'unlimited',/],
  'docs/services.md': [/^signal stopped 0\n$/],
  'docs/statistics-and-logs.md': [
    /^\d+n \d+ \S+ \d+ 0 \S+\n(\d+n\n)+web \d+\n$/,
    /^(listening on 8080\n){2}$/,
  ],
  'docs/troubleshooting.md': [/^((ok|warn|fail) [a-z]+\.[a-z-]+ .*\n)*$/],
  'docs/user-namespaces.md': [],
  'docs/waits-and-events.md': [
    /^8080 0\.0\.0\.0\n$|^8080 ::\n$/,
    /^web metadata-change title\n$/,
    /^<release number='17'\/>\n$/,
  ],
};

containerTest(nothing, { per: 'file' });

test.each(Object.keys(pages))('%s', async (page) => {
  await using world = await DocumentWorld.make(
    page === 'README.md' ? undefined : { xml, ready: /listening on 8080/ },
  );
  await expectPage(world, page, pages[page] ?? []);
});

test('no page with examples is left out', () => {
  const elsewhere = ['docs/networks.md'];
  const withExamples = runBlocks().flatMap(({ page, language }) =>
    language === 'xml' ? [] : [page],
  );
  expect(
    documentPages()
      .filter((page) => withExamples.includes(page))
      .sort(),
  ).toEqual([...Object.keys(pages), ...elsewhere].sort());
});
