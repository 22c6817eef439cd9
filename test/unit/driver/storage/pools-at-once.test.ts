/** Pools that are made at once, with what only one of them may have. */
import { join } from 'node:path';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f53';

test.each([
  ['uuid', (index: number) => [`<uuid>${uuid}</uuid>`, `d${index}`] as const, /is already defined/],
  ['folder', () => ['', 'disks'] as const, /Storage source conflict with pool/],
])(
  'of pools that are created and defined at once with one %s, one is made',
  async (_, has, why) => {
    const host = new FakeHost(scratchDirectory());
    const making = Array.from({ length: 6 }, (_one, index) => {
      const [more, folder] = has(index);
      const target = `<target><path>${join(host.root, folder)}</path></target>`;
      const xml = `<pool type='dir'><name>p${index}</name>${more}${target}</pool>`;
      const connection = host.connect();
      return index < 4
        ? connection.createStoragePool(xml, { build: true })
        : connection.defineStoragePool(xml);
    });
    const results = await Promise.allSettled(making);
    const refusals = results.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    const refusal = { code: 'OPERATION_FAILED', message: expect.stringMatching(why) as string };
    expect(refusals).toEqual(Array(5).fill(expect.objectContaining(refusal)));
    expect(await host.connect().listStoragePools()).toHaveLength(1);
  },
);
