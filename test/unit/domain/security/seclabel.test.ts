/** Security labels: read, printed as they are and as they become, and which of them counts on a host. */
import { chosenLabel } from '../../../../lib/domain/security/chosen-label';
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { formatDomain } from '../../../../lib/domain/format';
import { parseDomain } from '../../../../lib/domain/parse';
import { refusalOf } from '../element';
import { context, document, parse } from '../parse-context';

/** The four configurations as the seed prints them, remarks and all. */
const seed = {
  dynamic: `    <seclabel type='dynamic' model='selinux' relabel='yes'>
      <label>system_u:system_r:svirt_t:s0:c192,c392</label>                  (output only element)
      <imagelabel>system_u:object_r:svirt_image_t:s0:c192,c392</imagelabel>  (output only element)
    </seclabel>
`,
  base: `    <seclabel type='dynamic' model='selinux' relabel='yes'>
      <baselabel>system_u:system_r:svirt_custom_t:s0</baselabel>
      <label>system_u:system_r:svirt_custom_t:s0:c192,c392</label>           (output only element)
      <imagelabel>system_u:object_r:svirt_image_t:s0:c192,c392</imagelabel>  (output only element)
    </seclabel>
`,
  static: `    <seclabel type='static' model='selinux' relabel='no'>
      <label>system_u:system_r:svirt_custom_t:s0:c192,c392</label>
    </seclabel>
`,
  relabelled: `    <seclabel type='static' model='selinux' relabel='yes'>
      <label>system_u:system_r:svirt_custom_t:s0:c192,c392</label>
    </seclabel>
`,
};

const withLabels = (elements: string): DomainDefinition => parse(document({ elements }));

/** What is printed behind `<devices>`. */
const printed = (definition: DomainDefinition, security?: Security): string => {
  const live = { id: 7, consolePaths: [], ...(security === undefined ? {} : { security }) };
  const text = formatDomain(definition, security === undefined ? {} : { live });
  return text.slice(text.indexOf('</devices>\n') + '</devices>\n'.length, -'</domain>\n'.length);
};

interface Security {
  readonly model: string;
  readonly label: string;
  readonly imageLabel?: string;
}

const custom = 'system_u:system_r:svirt_custom_t:s0:c192,c392';
const image = 'system_u:object_r:svirt_image_t:s0:c192,c392';
const running = { model: 'selinux', label: custom, imageLabel: image };

test('the labels of a dynamic domain are not stored, those of a static one are', () => {
  expect(printed(withLabels(seed.dynamic))).toBe(
    "  <seclabel type='dynamic' model='selinux' relabel='yes'/>\n",
  );
  expect(printed(withLabels(seed.base)))
    .toBe(`  <seclabel type='dynamic' model='selinux' relabel='yes'>
    <baselabel>system_u:system_r:svirt_custom_t:s0</baselabel>
  </seclabel>
`);
  for (const [text, relabel] of [
    [seed.static, 'no'],
    [seed.relabelled, 'yes'],
  ] as const) {
    expect(printed(withLabels(text)))
      .toBe(`  <seclabel type='static' model='selinux' relabel='${relabel}'>
    <label>${custom}</label>
  </seclabel>
`);
  }
});

test('a running container shows its label, and that of its images where it relabels', () => {
  const labels = `    <label>${custom}</label>\n`;
  const images = `    <imagelabel>${image}</imagelabel>\n`;
  expect(printed(withLabels(seed.dynamic), running)).toBe(
    `  <seclabel type='dynamic' model='selinux' relabel='yes'>\n${labels}${images}  </seclabel>\n`,
  );
  expect(printed(withLabels(seed.base), running)).toBe(
    `  <seclabel type='dynamic' model='selinux' relabel='yes'>\n${labels}${images}` +
      '    <baselabel>system_u:system_r:svirt_custom_t:s0</baselabel>\n  </seclabel>\n',
  );
  expect(printed(withLabels(seed.static), running)).toBe(
    `  <seclabel type='static' model='selinux' relabel='no'>\n${labels}  </seclabel>\n`,
  );
  expect(printed(withLabels(seed.relabelled), running)).toBe(
    `  <seclabel type='static' model='selinux' relabel='yes'>\n${labels}${images}  </seclabel>\n`,
  );
});

test.each(['', "<seclabel type='dynamic'/>"])('a running container names its model: %s', (text) => {
  expect(printed(withLabels(text), { model: 'apparmor', label: 'libvirt-x' })).toBe(
    "  <seclabel type='dynamic' model='apparmor' relabel='yes'>\n    <label>libvirt-x</label>\n  </seclabel>\n",
  );
});

test('a running container shows what is for another model as it is', () => {
  const other = "<seclabel type='none' model='apparmor'/>";
  expect(printed(withLabels(`${other}${seed.static}`), running)).toBe(
    `  ${other}\n  <seclabel type='static' model='selinux' relabel='no'>\n    <label>${custom}</label>\n  </seclabel>\n`,
  );
});

test('the live text reads back as the definition, with the model filled in', () => {
  const again = parse(
    formatDomain(withLabels(seed.base), { live: { id: 1, consolePaths: [], security: running } }),
  );
  expect(printed(again)).toBe(printed(withLabels(seed.base)));
});

test('a static label is kept to the letter, an empty line and all', () => {
  const text =
    "<seclabel type='static' model='m'><label>\n a:<!-- c --><![CDATA[<b>]]>  </label></seclabel>";
  const { securityLabels } = withLabels(text);
  expect(securityLabels).toMatchObject([{ type: 'static', relabel: false, label: '\n a:<b>  ' }]);
  expect(parse(formatDomain(withLabels(text))).securityLabels).toMatchObject([
    { label: '\n a:<b>  ' },
  ]);
});

test("both forms of none that libvirt takes, and the model 'none', are no labels", () => {
  const none = [
    "<seclabel type='none'/>",
    "<seclabel type='none' relabel='no'/>",
    "<seclabel model='none'/>",
    "<seclabel type='static' model='none'/>",
  ].map((text) => withLabels(text).securityLabels);
  for (const labels of none) expect(labels).toMatchObject([{ type: 'none', relabel: false }]);
  expect(withLabels("<seclabel type='default' model='selinux'/>").securityLabels).toEqual([]);
});

describe('a text that names no model', () => {
  const takenIn = (elements: string, model: string, devices = ''): DomainDefinition =>
    parseDomain(document({ elements, devices }), { ...context, hostModel: () => model });

  test.each([
    ["<seclabel type='none'/>", 'none', "<seclabel type='none' model='none'/>"],
    ["<seclabel type='none' relabel='no'/>", 'selinux', "<seclabel type='none' model='selinux'/>"],
    ["<seclabel type='none' model='dac'/>", 'selinux', "<seclabel type='none' model='dac'/>"],
    ["<seclabel type='dynamic'/>", 'none', "<seclabel type='dynamic' relabel='yes'/>"],
    ["<seclabel type='none'/>", undefined, "<seclabel type='none'/>"],
  ])('%s on a host with %s is %s', (elements, model, expected) => {
    const definition = model === undefined ? withLabels(elements) : takenIn(elements, model);
    expect(printed(definition)).toBe(`  ${expected}\n`);
    expect(printed(parse(formatDomain(definition)))).toBe(`  ${expected}\n`);
  });

  test('the host is asked only for a label of type none', () => {
    const hostModel = jest.fn(() => 'none');
    for (const elements of [
      '',
      "<seclabel type='dynamic'/>",
      "<seclabel type='none' model='m'/>",
    ]) {
      parseDomain(document({ elements }), { ...context, hostModel });
    }
    expect(hostModel).not.toHaveBeenCalled();
  });

  test('a source can’t be labelled against it, with or without the host’s model', () => {
    const source = (model: string) =>
      `<filesystem><source dir='/a'><seclabel ${model} relabel='yes'/></source><target dir='/b'/></filesystem>`;
    for (const model of ['', "model='selinux'"]) {
      expect(() => takenIn("<seclabel type='none'/>", 'selinux', source(model))).toThrow(
        'label overrides require relabeling to be enabled at the domain level',
      );
    }
  });
});

test('relabelling of the system is off unless it is asked for', () => {
  const asked = (system: string) =>
    withLabels(
      `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:relabel system='${system}'/></t:container></metadata>`,
    ).extension;
  expect(asked('yes')).toEqual({ relabelSystem: true });
  expect(asked('no')).toEqual({});
});

test("a running container shows its console's path beside the label of it", () => {
  const console =
    "<console><source path='/old'><seclabel model='dac' relabel='no'/></source></console>";
  const definition = parse(document({ devices: console }));
  expect(definition.unsupported).toEqual([]);
  const text = formatDomain(definition, {
    live: { id: 1, consolePaths: ['/dev/pts/1', '/dev/pts/2'] },
  });
  expect(text).toContain(`    <console type='pty'>
      <source path='/dev/pts/2'>
        <seclabel model='dac' relabel='no'/>
      </source>
      <target type='lxc' port='1'/>`);
});

describe('chosenLabel', () => {
  const open = { defaultConfined: false, requireConfined: false };
  const confined = { defaultConfined: true, requireConfined: false };
  const strict = { defaultConfined: false, requireConfined: true };
  const dynamic = "<seclabel type='dynamic'/>";
  const none = "\n <seclabel type='none'/>";

  test.each([
    ['', { selinux: open }, undefined],
    ['', { selinux: confined }, { type: 'dynamic', model: 'selinux', relabel: true }],
    ['', { none: confined }, undefined],
    [none, { selinux: confined }, undefined],
    ["<seclabel type='none' model='dac'/>", { apparmor: open }, undefined],
    ["<seclabel type='none' model='dac'/>", { apparmor: confined }, { type: 'dynamic' }],
    [dynamic, { apparmor: strict }, { type: 'dynamic', model: 'apparmor' }],
    [dynamic, { none: open }, undefined],
    [seed.base, { selinux: open }, { baseLabel: 'system_u:system_r:svirt_custom_t:s0' }],
    [seed.static, { selinux: strict }, { type: 'static', label: custom, relabel: false }],
  ] as const)('of %j on %j is %j', (text, hosts, expected) => {
    const chosen = Object.entries(hosts).map(([model, settings]) =>
      chosenLabel(withLabels(text), model as 'selinux' | 'apparmor' | 'none', settings),
    );
    if (expected === undefined) expect(chosen).toEqual([undefined]);
    else expect(chosen).toMatchObject([expected]);
  });

  const selinux = { elements: "\n <seclabel model='selinux'/>" };
  const both = { elements: "<seclabel model='selinux'/>\n <seclabel model='dac'/>" };
  const disk =
    "<disk type='block'><source dev='/d'>\n<seclabel model='dac'/></source><target dev='sda'/></disk>";
  test.each([
    [selinux, 'apparmor', "'selinux' is not available (domain/seclabel/@model, line 6, column 2)"],
    [selinux, 'none', "'selinux' is not available (domain/seclabel/@model, line 6, column 2)"],
    [both, 'selinux', "'dac' is not available (domain/seclabel/@model, line 6, column 2)"],
    [
      { devices: disk },
      'selinux',
      "'dac' is not available (domain/devices/disk/source/seclabel/@model, line 9, column 1)",
    ],
  ] as const)('of %j on %s says what is not there', (parts, model, words) => {
    const told = refusalOf(() => chosenLabel(parse(document(parts)), model, open));
    expect(told).toMatch(/^CONFIG_UNSUPPORTED at /);
    expect(told).toContain(`: unsupported configuration: Security driver model ${words}`);
  });

  test('a source that is to be left alone needs no model', () => {
    const alone = disk.replace("model='dac'", "model='dac' relabel='no'");
    expect(chosenLabel(parse(document({ devices: alone })), 'selinux', open)).toBeUndefined();
  });

  test.each([
    ['', 'selinux', 'domain 1:1'],
    [none, 'selinux', 'domain/seclabel 6:2'],
    ['', 'none', 'domain 1:1'],
  ] as const)('of %j under %s is refused where each must have one', (text, model, at) => {
    expect(refusalOf(() => chosenLabel(withLabels(text), model, strict))).toContain(
      `CONFIG_UNSUPPORTED at ${at}: unsupported configuration: Unconfined guests are not allowed on this host`,
    );
  });
});
