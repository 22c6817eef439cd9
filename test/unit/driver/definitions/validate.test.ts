/** Validation against libvirt's schema, as Debian's libvirt-common has it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedSchemas, validateText } from '../../../../lib/driver/definitions/validate';
import { domainXml, helloWorldXml } from '../../../support/domain/domain-xml';
import type { TslxcError } from '../../../../lib/errors';
import { errorOf } from '../refusal';

const refusal = async (call: Promise<unknown>): Promise<TslxcError> =>
  (await errorOf(() => call)) as TslxcError;

const { domain: installed, network: ofNetworks } = installedSchemas;

test('what libvirt’s schema has is valid, with our own metadata too', async () => {
  expect(existsSync(installed)).toBe(true);
  await validateText(helloWorldXml, {}, installed);
  const metadata =
    "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:pids max='7'/></t:container></metadata>";
  await validateText(domainXml({ elements: metadata }), {}, installed);
});

test('what is not valid is told with its lines, also where our vocabularies know nothing of it', async () => {
  const xml = helloWorldXml.replace('<os>', "<cpu mode='fast'/>\n  <os>");
  const error = await refusal(validateText(xml, {}, installed));
  expect(error).toMatchObject({ code: 'XML_INVALID_SCHEMA', name: 'DefinitionError' });
  expect(error.message).toContain(
    `XML document failed to validate against schema: Unable to validate doc against ${installed}:\n`,
  );
  expect(error.problems?.length).toBeGreaterThan(0);
  for (const problem of error.problems ?? []) {
    expect(problem).toEqual({
      element: expect.stringMatching(/^\w+$/) as string,
      line: expect.any(Number) as number,
      column: 1,
      message: expect.stringMatching(/ \(\w+, line \d+, column 1\)$/) as string,
    });
  }
});

test('a network has a schema of its own', async () => {
  const xml = (mac: string): string =>
    `<network>\n<name>lab</name><mac address='${mac}'/></network>`;
  await validateText(xml('52:54:00:00:00:01'), {}, ofNetworks);
  const error = await refusal(validateText(xml('52:54:0:0:0:1'), {}, ofNetworks));
  expect(error.message).toContain(`Unable to validate doc against ${ofNetworks}:\n`);
  expect(error.problems).toContainEqual(expect.objectContaining({ element: 'mac', line: 2 }));
});

test('a host without libvirt’s schema has our own vocabularies', async () => {
  const missing = '/tslxc-nonexistent/domain.rng';
  await validateText('<any/>', {}, missing);
  const unknown = [{ path: 'domain/colour', position: { line: 2, column: 3 } }];
  expect(await refusal(validateText('<any/>', { unknown }, missing))).toMatchObject({
    code: 'XML_INVALID_SCHEMA',
    problems: [{ element: 'domain/colour', line: 2, column: 3 }],
  });
});

test('a schema that can’t be used is told of', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-schema-'));
  try {
    const schema = join(folder, 'domain.rng');
    writeFileSync(schema, 'no schema');
    expect(await refusal(validateText(helloWorldXml, {}, schema))).toMatchObject({
      code: 'OPERATION_FAILED',
      step: `validate a definition against ${schema}`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
