/** Documents about `<os>`, `<idmap>`, `<features>`, `<clock>`, what happens at the end, and other children of `<domain>`. */
import { domainDocument, domains, mappedRoot, type CorpusDocument } from './document';

const idMap = "<uid start='0' target='100000' count='65536'/>";
const gidMap = "<gid start='0' target='100000' count='65536'/>";
const lxc = " xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'";

const os = domains('os', 'os', {
  initenv: "<initenv name='GREETING'>hello world</initenv>",
  'initenv-two': "<initenv name='A'>1</initenv><initenv name='B'>2</initenv>",
  initdir: '<initdir>/tmp</initdir>',
  inituser: '<inituser>0</inituser>',
  'inituser-and-group': '<inituser>1000</inituser><initgroup>1000</initgroup>',
  'inituser-and-group-by-name': '<inituser>nobody</inituser><initgroup>tty</initgroup>',
  cmdline: '<cmdline>console=tty1 quiet</cmdline>',
  boot: "<boot dev='hd'/>",
  'boot-menu': "<bootmenu enable='yes'/>",
  smbios: "<smbios mode='host'/>",
  kernel: '<kernel>/boot/vmlinuz</kernel>',
  'kernel-and-initrd': '<kernel>/boot/vmlinuz</kernel><initrd>/boot/initrd.img</initrd>',
  loader: '<loader>/usr/share/OVMF/OVMF_CODE.fd</loader>',
  bios: "<bios useserial='yes'/>",
  'initenv-without-name': '<initenv>x</initenv>',
  'initenv-empty': "<initenv name='X'/>",
  'initarg-empty': '<initarg/>',
});

const wholeOs = domains('os', 'wholeOs', {
  arch: "<os><type arch='x86_64'>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os>",
  'arch-i686':
    "<os><type arch='i686'>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os>",
  machine:
    "<os><type arch='x86_64' machine='pc'>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os>",
  'arguments-order': '<os><initarg>1000</initarg><init>/bin/sleep</init><type>exe</type></os>',
  hvm: '<os><type>hvm</type><init>/bin/sleep</init></os>',
  'arch-unknown': "<os><type arch='z80'>exe</type><init>/bin/sleep</init></os>",
  'arch-other': "<os><type arch='ppc64'>exe</type><init>/bin/sleep</init></os>",
  'without-init': '<os><type>exe</type></os>',
  'without-type': '<os><init>/bin/sleep</init></os>',
  missing: '',
  'init-missing-in-root': '<os><type>exe</type><init>/bin/no-such-program</init></os>',
});

/** On a root whose files belong to the container's root, with a network of its own: libvirt's does not start on the host's. */
const mapped: readonly CorpusDocument[] = Object.entries({
  'uid-and-gid': `<idmap>${idMap}${gidMap}</idmap>`,
  'gid-first': `<idmap>${gidMap}${idMap}</idmap>`,
  'two-ranges': `<idmap><uid start='1000' target='300000' count='10'/><uid start='0' target='100000' count='1000'/><gid start='0' target='100000' count='1000'/></idmap>`,
}).map(([feature, text]) => ({
  name: `idmap-${feature}`,
  kind: 'domain',
  xml: domainDocument({ domain: text, features: '<privnet/>', root: mappedRoot }),
}));

const idmaps = domains('idmap', 'domain', {
  'root-of-the-host': `<idmap>${idMap}${gidMap}</idmap>`,
  'uid-only': `<idmap>${idMap}</idmap>`,
  'without-root':
    "<idmap><uid start='1' target='1000' count='10'/><gid start='1' target='1000' count='10'/></idmap>",
  words:
    "<idmap><uid start='x' target='1' count='1'/><gid start='0' target='1' count='1'/></idmap>",
  empty: '<idmap/>',
});

const features = domains('features', 'features', {
  privnet: '<privnet/>',
  acpi: '<acpi/>',
  apic: '<apic/>',
  'apic-eoi': "<apic eoi='on'/>",
  pae: '<pae/>',
  'acpi-apic-pae': '<pae/><apic/><acpi/>',
  hap: '<hap/>',
  viridian: '<viridian/>',
  hyperv: "<hyperv><relaxed state='on'/></hyperv>",
  kvm: "<kvm><hidden state='on'/></kvm>",
  pmu: "<pmu state='off'/>",
  vmport: "<vmport state='off'/>",
  'privnet-after-acpi': '<acpi/><privnet/>',
  'capabilities-default': "<capabilities policy='default'/>",
  'capabilities-empty': '<capabilities/>',
  'capabilities-allow': "<capabilities policy='allow'/>",
  'capabilities-deny': "<capabilities policy='deny'><chown state='on'/></capabilities>",
  'capabilities-state':
    "<capabilities policy='default'><mknod state='off'/><net_raw state='off'/></capabilities>",
  'capabilities-order':
    "<capabilities><sys_time state='on'/><audit_control state='off'/><chown/></capabilities>",
  'capabilities-unknown': '<capabilities><bogus/></capabilities>',
  'capabilities-bad-policy': "<capabilities policy='zz'/>",
  'capabilities-bad-state': "<capabilities><mknod state='zz'/></capabilities>",
  unknown: '<bogus/>',
  none: '',
});

const clocks = domains('clock', 'domain', {
  utc: "<clock offset='utc'/>",
  localtime: "<clock offset='localtime'/>",
  timezone: "<clock offset='timezone' timezone='Europe/Paris'/>",
  variable: "<clock offset='variable' adjustment='3600'/>",
  'variable-basis': "<clock offset='variable' adjustment='-60' basis='localtime'/>",
  absolute: "<clock offset='absolute' start='1700000000'/>",
  'timer-rtc': "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>",
  'timer-hpet-absent': "<clock offset='utc'><timer name='hpet' present='no'/></clock>",
  'timer-pit-hpet':
    "<clock offset='utc'><timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>",
  'timer-rtc-localtime': "<clock offset='localtime'><timer name='rtc' present='yes'/></clock>",
  'timer-hpet-localtime': "<clock offset='localtime'><timer name='hpet' present='yes'/></clock>",
  'timer-pit-localtime': "<clock offset='localtime'><timer name='pit'/></clock>",
  'offset-unknown': "<clock offset='zz'/>",
  'timer-unknown': "<clock offset='utc'><timer name='zz'/></clock>",
});

const ends = domains('end', 'domain', {
  actions:
    '<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>',
  'poweroff-restart': '<on_poweroff>restart</on_poweroff>',
  'reboot-destroy': '<on_reboot>destroy</on_reboot>',
  'crash-restart': '<on_crash>restart</on_crash>',
  'crash-preserve': '<on_crash>preserve</on_crash>',
  'crash-coredump': '<on_crash>coredump-destroy</on_crash>',
  'poweroff-rename': '<on_poweroff>rename-restart</on_poweroff>',
  lockfailure: '<on_lockfailure>pause</on_lockfailure>',
  'reboot-unknown': '<on_reboot>zz</on_reboot>',
});

const others = domains('domain', 'domain', {
  sysinfo:
    "<sysinfo type='smbios'><system><entry name='manufacturer'>Acme</entry></system></sysinfo>",
  bootloader: '<bootloader>/usr/bin/pygrub</bootloader>',
  'bootloader-args':
    '<bootloader>/usr/bin/pygrub</bootloader><bootloader_args>--x</bootloader_args>',
  pm: "<pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>",
  perf: "<perf><event name='cmt' enabled='no'/></perf>",
  keywrap: "<keywrap><cipher name='aes' state='on'/></keywrap>",
  'unknown-element': '<bogus>text</bogus>',
  'seclabel-none': "<seclabel type='none'/>",
  'seclabel-none-model': "<seclabel type='none' model='none'/>",
  'seclabel-dynamic-selinux': "<seclabel type='dynamic' model='selinux' relabel='yes'/>",
  'seclabel-static-selinux':
    "<seclabel type='static' model='selinux' relabel='no'><label>system_u:system_r:svirt_lxc_net_t:s0:c1,c2</label></seclabel>",
  'seclabel-dac': "<seclabel type='dynamic' model='dac' relabel='yes'/>",
  'seclabel-static-without-label': "<seclabel type='static' model='selinux'/>",
  'seclabel-none-relabel': "<seclabel type='none' relabel='yes'/>",
  'seclabel-twice':
    "<seclabel type='dynamic' model='selinux'/><seclabel type='dynamic' model='selinux'/>",
});

const namespaces: readonly CorpusDocument[] = ['sharenet', 'shareipc', 'shareuts'].map((word) => {
  const [plain] = domains('namespace', 'domain', {
    [word]: `<lxc:namespace${lxc}><lxc:${word} type='pid' value='1'/></lxc:namespace>`,
  });
  return plain as CorpusDocument;
});

export const systemDocuments: readonly CorpusDocument[] = [
  ...[...os, ...wholeOs, ...mapped, ...idmaps, ...features, ...clocks],
  ...[...ends, ...others, ...namespaces],
];
