# Two products: the addon tslxc.node and the static executable tslxc-monitor. Both are linked with the archive
# tslxc-shared, for which native/base and native/plan are compiled once, but for `host_sources`, which never get into
# the monitor. The lists of files are read by `configure` and `rebuild` only.
{
  'variables': {
    # 1 for what the package brings, which has to run on other machines too: scripts/prebuild.js.
    'prebuilt%': 0,
    # The C++ files of a folder.
    'list': 'node -p "require(\'fs\').readdirSync(process.argv[1])'
        '.filter((name) => name.endsWith(\'.cc\'))'
        '.map((name) => process.argv[1] + \'/\' + name).join(\' \')"',
    # Those of native/base that only the addon uses.
    'host_sources': [
      'native/base/allocator.cc',
      'native/base/cgroup.cc',
      'native/base/closing.cc',
      'native/base/datagram.cc',
      'native/base/descent.cc',
      'native/base/device-program.cc',
      'native/base/fifo.cc',
      'native/base/first-names.cc',
      'native/base/glance.cc',
      'native/base/label.cc',
      'native/base/link-removal.cc',
      'native/base/monitor-spawn.cc',
      'native/base/neighbour.cc',
      'native/base/peer.cc',
      'native/base/process.cc',
      'native/base/quota.cc',
      'native/base/record-file.cc',
      'native/base/relabel.cc',
      'native/base/sealed-copy.cc',
      'native/base/survey.cc',
      'native/base/tree-copy.cc',
      'native/base/tree-place.cc',
      'native/base/tree-removal.cc',
      'native/base/tree-walk.cc',
    ],
  },
  'target_defaults': {
    'include_dirs': ['.'],
    # node-gyp compiles without exceptions and for an older language.
    'cflags!': ['-fno-exceptions', '-fno-rtti', '-O3', '-g'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-O3', '-g'],
    'cflags_cc': [
      '-std=gnu++20',
      '-O2',
      '-Wall',
      '-Wextra',
      '-Wpedantic',
      '-Wconversion',
      '-Wshadow',
      # A newer compiler's new warning must not break anybody's installation: errors in development only.
      '<!@(node -p "process.env.TSLXC_STRICT === \'1\' ? \'-Werror\' : \'-Wno-error\'")',
      '-ffunction-sections',
      '-fdata-sections',
    ],
    'ldflags!': ['-rdynamic'],
    'ldflags': ['-Wl,--gc-sections', '-s'],
    # Debian's node-gyp links everything with Node's shared library. The addon finds its symbols in
    # the process that loads it, and the static monitor uses none.
    'libraries!': ['-lnode'],
  },
  'targets': [
    {
      'target_name': 'tslxc-shared',
      'type': 'static_library',
      'sources': ['<!@(<(list) native/base)', '<!@(<(list) native/plan)'],
      'sources!': ['<@(host_sources)'],
      # Position independent, for the addon; hidden, so that no call takes a detour for that.
      'cflags_cc': ['-fvisibility=hidden'],
    },
    {
      'target_name': 'tslxc',
      'dependencies': ['tslxc-shared'],
      # native/addon.cc includes those of native/addon.
      'sources': ['<@(host_sources)', 'native/addon.cc'],
      'defines': [
        'NAPI_VERSION=8',
        'NODE_ADDON_API_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
      ],
      'cflags_cc': [
        '-isystem ../<!(node -p "require(\'node-addon-api\').include_dir")',
        '-fvisibility=hidden',
      ],
      # Node unloads an addon with the last worker thread that uses it. A thread that waits for a
      # lock may outlive that worker, so the code stays mapped.
      'ldflags': ['-Wl,-z,nodelete'],
      'conditions': [
        ['prebuilt==1', {
          'ldflags': [
            '-static-libstdc++',
            '-static-libgcc',
            '-Wl,--version-script=../native/addon.map',
          ],
        }],
      ],
    },
    {
      'target_name': 'tslxc-monitor',
      'type': 'executable',
      'dependencies': ['tslxc-shared'],
      'sources': ['<!@(<(list) native/monitor)'],
      'cflags!': ['-fPIC', '-pthread'],
      'cflags_cc': ['-fno-pie'],
      'ldflags!': ['-pthread'],
      'ldflags': ['-static', '-no-pie', '-Wl,--fatal-warnings'],
      # Before glibc 2.34 threads are a library of their own, of which a static executable needs all: what the C++ runtime
      # refers to weakly, to find out whether there are threads, would be missing otherwise. Since then it is empty.
      'libraries': ['-Wl,--whole-archive', '-lpthread', '-Wl,--no-whole-archive'],
    },
  ],
}
