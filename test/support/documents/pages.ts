/**
 * The pages whose examples are run, page by page as they are printed: what is typed at a shell, and what the library is asked
 * for. Those of docs/networks.md need the default network: test/more/network/documents.test.ts.
 */
import { domainXml } from '../domain/domain-xml';
import { DocumentWorld } from './document-world';
import { expectPage } from './run-page';
import type { PrintedBlocks } from './run-page';

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
type Pages = Readonly<Record<string, PrintedBlocks>>;

/** Those of `npm test`. */
export const firstPages: Pages = {
  'README.md': [noOutput, /^world\r\nhello world\r\ninit exited with 3\n$/],
  'docs/library.md': [
    noOutput,
    /^\d+ running \d+\n$/,
    /^131072 sh\n\n$/,
    /^definition\.mounts\[0\]\.sourc\n$/,
    /^bigint string true\n$/,
    /^(listening on 8080\n)+$/,
    noOutput,
    /^NO_DOMAIN\n$/,
    /^NO_NETWORK\n$/,
  ],
};

/** Those of `npm run test:more`. */
export const furtherPages: Pages = {
  'docs/exec.md': [
    /^nobody\n\/tmp\n0\n$/,
    /^one line at a time\n\{ code: 0 \}\n$/,
    /^1\n2\n3\n\n$/,
    /exit\r\n[^]*\{ code: 0 \}\n$/,
    noOutput,
  ],
  'docs/filesystems-and-roots.md': [/^copying \/bin\/busybox/],
  'docs/from-docker.md': [/^hello\n3\n$/],
  'docs/from-libvirt.md': [/^mail imported \n$/, /^web true none\n$/],
  'docs/from-lxc.md': [/^one 0\ntwo 1\n$/],
  'docs/hooks.md': [noOutput],
  'docs/host.md': [/^(net_\w+ below \w+\n)+$/, /^unknown object\n$/, /^hunter2\n$/],
  'docs/images.md': [/^look 0 0\n([^]*\n)?done 1 1\nbusybox:latest 1\n\/\n0\n$/],
  'docs/limits.md': [/^\{\n {2}hardLimit: 'unlimited',/],
  'docs/moving-in.md': [/^shop \[ 3 \]\n$/],
  'docs/services.md': [/^signal stopped 0\n$/, /^done\nnone\n\n$/],
  'docs/shell.md': [],
  'docs/snapshots-and-clones.md': [/^clean shutoff\nshop-3\n$/],
  'docs/statistics-and-logs.md': [
    /^\d+n \d+ \S+ \d+ 0 \S+\n(\d+n\n)+web \d+\n$/,
    /^(listening on 8080\n){2}\d{4}-\d\d-\d\dT\S+Z listening on 8080\n$/,
    /^one run\n1\n$/,
  ],
  'docs/storage.md': [],
  'docs/troubleshooting.md': [/^((ok|warn|fail) [a-z]+\.[a-z-]+ .*\n)*$/],
  'docs/user-namespaces.md': [],
  'docs/waits-and-events.md': [
    /^8080 0\.0\.0\.0\n$|^8080 ::\n$/,
    /^web metadata-change title\n$/,
    /^<release number='17'\/>\n$/,
  ],
};

/** Runs the examples of one of these pages. */
export async function expectPrinted(page: string): Promise<void> {
  await using world = await DocumentWorld.make(
    page === 'README.md' ? undefined : { xml, ready: /listening on 8080/ },
  );
  await expectPage(world, page, { ...firstPages, ...furtherPages }[page] ?? []);
}
