// The fuzzers by name. Of a native one: the sources that it links, and the functions of others that test/fuzz replaces in it
// (ld's --wrap). Of each: the longest input, and the checks that `--planted` takes out of the product, one at a
// time, and which it has to find.
'use strict';

/** `wraps` are the linker's names: poll, or what C++ makes of a name. */
const steadyClock = '_ZNSt6chrono3_V212steady_clock3nowEv';
const leaveCaller =
  '_ZN5tslxc11leaveCallerERKSt6vectorINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESaIS6_EE';
const openPtyInside = '_ZN5tslxc13openPtyInsideEi';

const decoder = ['native/plan/decode.cc', 'native/plan/operations.generated.cc'];
const reencoder = ['test/native/reencode.cc', 'test/native/reencode-network.cc'];

const native = {
  plan: {
    sources: [...decoder, ...reencoder],
    wraps: [],
    longest: 4096,
    planted: [
      {
        file: 'native/base/bytes.h',
        check: 'if (size > bytes_.size()) throw MalformedBytes{"cut short"};',
        instead: '',
      },
    ],
  },
  messages: {
    sources: ['native/base/message.cc'],
    wraps: [],
    longest: 2048,
    planted: [
      {
        file: 'native/base/message.cc',
        check: 'if (length == 0 || length > longest_) throw',
        instead: 'if (length > longest_) throw',
      },
    ],
  },
  netlink: {
    sources: [
      'native/base/netlink.cc',
      'native/base/netlink-message.cc',
      'native/base/link.cc',
      'native/base/link-request.cc',
      'native/base/link-address.cc',
      'native/base/bridge-port.cc',
      'native/base/route.cc',
      'native/base/neighbour.cc',
      'native/base/ip-address.cc',
      'native/base/mac-address.cc',
      'native/base/thread.cc',
    ],
    wraps: ['send', 'recv'],
    longest: 4096,
    planted: [
      {
        file: 'native/base/link.cc',
        check: 'return !value.empty() && value.front() != 0;',
        instead: 'return value.front() != 0;',
      },
    ],
  },
  control: {
    sources: [
      'native/monitor/control.cc',
      'native/monitor/event-loop.cc',
      'native/monitor/console.cc',
      'native/monitor/raw-follower.cc',
      'native/monitor/ring.cc',
      'native/base/message.cc',
      'native/base/pty.cc',
      'native/base/path.cc',
      'test/fuzz/terminal.cc',
    ],
    wraps: ['ioctl'],
    longest: 2048,
    planted: [
      {
        file: 'native/monitor/control.cc',
        check: 'if (console >= consoles_.size()) return ENXIO;',
        instead: '',
      },
    ],
  },
  attendant: {
    sources: [
      ...decoder,
      ...reencoder,
      'native/monitor/attendant.cc',
      'native/monitor/beginning.cc',
      'native/base/signals.cc',
      'native/monitor/terminal-pump.cc',
      'native/monitor/command-request.cc',
      'native/base/affinity.cc',
      'native/base/message.cc',
      'native/base/pty.cc',
      'native/base/path.cc',
      'test/fuzz/attendant-world.cc',
      'test/fuzz/terminal.cc',
    ],
    wraps: ['ioctl', 'poll', 'pipe2', steadyClock, leaveCaller, openPtyInside],
    longest: 1024,
    planted: [
      {
        file: 'native/monitor/attendant.cc',
        check:
          'if (ready.descriptors.empty()) throw MalformedBytes{"the guardian is ready without a command"};',
        instead: '',
      },
    ],
  },
};

/** An address whose prefix may be longer than it. */
const longPrefix = {
  file: 'lib/domain/xml/whole-number.ts',
  check: 'return value <= max ? value : undefined;',
  instead: 'return value;',
};
/** A value that may end its quotes in dnsmasq's configuration. */
const openQuotes = {
  file: 'lib/network/dnsmasq/text.ts',
  check: 'text.replace(/["\\\\]|\\p{Cc}/gu, (one) => escapes[one] ?? one)',
  instead: 'text.replace(/\\p{Cc}/gu, (one) => escapes[one] ?? one)',
};

/** Bytes that are no text. */
const foreignText = {
  file: 'lib/rpc/xdr/reader.ts',
  check: "throw new ProtocolError('a text is not in UTF-8');",
  instead: '',
};
/** A frame without a header. */
const headless = {
  file: 'lib/rpc/server/frame-reader.ts',
  check: 'if (length < lengthSize + headerSize) {',
  instead: 'if (length < lengthSize) {',
};
/** Descriptors of which some come later. */
const uncounted = {
  file: 'lib/rpc/server/frame-reader.ts',
  check: 'this.#missing -= passed;',
  instead: 'this.#missing = 0;',
};
/** A frame of which a part has come. */
const shortFrame = {
  file: 'lib/rpc/server/frame-reader.ts',
  check: 'if (all.length - at < this.#need) break;',
  instead: '',
};

/** A long name of GNU and one of pax before an entry, of which Go prefers GNU's. */
const mixedHeaders = {
  file: 'lib/image/layer/tar-reader.ts',
  check: 'if (isMixed)',
  instead: 'if (false)',
};
/** A directory in the old form. */
const oldDirectory = {
  file: 'lib/image/layer/tar-reader.ts',
  check: "throw new RangeError('a directory is of no kind');",
  instead: '',
};
/** A prefix in a header of GNU. */
const gnuPrefix = {
  file: 'lib/image/layer/tar-header.ts',
  check: "if (form !== 'gnu') return;",
  instead: 'return;',
};
/** Another kind of device. */
const otherNode = {
  file: 'lib/image/layer/tar-reader.ts',
  check: "throw new RangeError('a mode is that of another kind');",
  instead: '',
};
/** A value that Go does not heed. */
const emptyValue = {
  file: 'lib/image/layer/pax-records.ts',
  check: 'const text = /^[^\\0]+$/s;',
  instead: 'const text = /^[^\\0]*$/s;',
};

/**
 * Searched by our own: texts, most of which are XML. `counted`: the sources whose branches guide the search, if not all. `asksTar`:
 * what is read is compared with what Go and GNU tar read. `leastGain`: statements and branches that a text must bring to be kept.
 */
const xml = {
  domain: { longest: 8192, planted: [longPrefix] },
  network: { longest: 8192, planted: [longPrefix, openQuotes] },
  frames: {
    longest: 1024,
    planted: [foreignText, shortFrame, headless, uncounted],
    counted: /[/\\]lib[/\\]rpc[/\\].*\.ts$/,
  },
  archives: {
    longest: 2048,
    planted: [mixedHeaders, oldDirectory, gnuPrefix, otherNode, emptyValue],
    counted: /[/\\]lib[/\\]image[/\\]layer[/\\].*\.ts$/,
    asksTar: true,
    leastGain: 1,
  },
};

/** What test/native/fuzz-replay.cc links: all native fuzzers. */
const replaySources = [
  ...new Set(
    Object.entries(native).flatMap(([name, { sources }]) => [`test/fuzz/${name}.cc`, ...sources]),
  ),
];
const wrapOptions = (wraps) => wraps.map((name) => `-Wl,--wrap=${name}`);
const replayOptions = wrapOptions([
  ...new Set(Object.values(native).flatMap(({ wraps }) => wraps)),
]);

module.exports = { native, replayOptions, replaySources, wrapOptions, xml };
