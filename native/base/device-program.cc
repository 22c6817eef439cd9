#include "native/base/device-program.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// The name tells tslxc's programs from others (bpf(2): at most 15 characters).
constexpr std::string_view kName = "tslxc_devices";
constexpr char kLicense[] = "Apache-2.0";

// Registers: the context is in r1 at first.
constexpr uint8_t kResult = BPF_REG_0;
constexpr uint8_t kContext = BPF_REG_1;
constexpr uint8_t kScratch = BPF_REG_1;
constexpr uint8_t kAccess = BPF_REG_2;
constexpr uint8_t kType = BPF_REG_3;
constexpr uint8_t kMajor = BPF_REG_4;
constexpr uint8_t kMinor = BPF_REG_5;
constexpr uint32_t kAllAccess = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;

bpf_insn instruction(int code, uint8_t destination, uint8_t source, int32_t immediate) {
  bpf_insn insn{};
  insn.code = static_cast<uint8_t>(code);
  insn.dst_reg = static_cast<uint8_t>(destination & 0xf);
  insn.src_reg = static_cast<uint8_t>(source & 0xf);
  insn.imm = immediate;
  return insn;
}

class Program {
 public:
  Program() {
    load(kAccess, offsetof(bpf_cgroup_dev_ctx, access_type));
    load(kMajor, offsetof(bpf_cgroup_dev_ctx, major));
    load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor));
    // access_type is the access in the upper half, the type in the lower.
    add(BPF_ALU | BPF_MOV | BPF_X, kType, kAccess, 0);
    add(BPF_ALU | BPF_AND | BPF_K, kType, 0, 0xffff);
    add(BPF_ALU | BPF_RSH | BPF_K, kAccess, 0, 16);
  }

  // Appends "if all conditions of the rule hold, allow". False when it has none, so that it always
  // allows: the verifier refuses unreachable code after it.
  bool allow(const DeviceRule& rule) {
    conditions_.clear();
    if (rule.type != 0) require(kType, static_cast<int32_t>(rule.type));
    if (rule.access != kAllAccess) {
      add(BPF_ALU | BPF_MOV | BPF_X, kScratch, kAccess, 0);
      add(BPF_ALU | BPF_AND | BPF_K, kScratch, 0, static_cast<int32_t>(kAllAccess & ~rule.access));
      require(kScratch, 0);
    }
    if (rule.major != -1) require(kMajor, rule.major);
    if (rule.minor != -1) require(kMinor, rule.minor);
    finish(1);
    for (const size_t at : conditions_) {
      code_[at].off = static_cast<int16_t>(code_.size() - at - 1);
    }
    return !conditions_.empty();
  }

  void refuse() { finish(0); }

  Fd load(const std::string& subject) const {
    bpf_attr attr{};
    attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attr.insns = reinterpret_cast<uint64_t>(code_.data());
    attr.insn_cnt = static_cast<uint32_t>(code_.size());
    attr.license = reinterpret_cast<uint64_t>(kLicense);
    std::memcpy(attr.prog_name, kName.data(), kName.size());
    return Fd(static_cast<int>(
        check(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr), "bpf", subject)));
  }

 private:
  void add(int code, uint8_t destination, uint8_t source, int32_t immediate) {
    code_.push_back(instruction(code, destination, source, immediate));
  }
  void load(uint8_t destination, size_t offset) {
    add(BPF_LDX | BPF_MEM | BPF_W, destination, kContext, 0);
    code_.back().off = static_cast<int16_t>(offset);
  }
  // Jumps to the next rule (once it is known where that is) unless the register has this value.
  void require(uint8_t reg, int32_t value) {
    conditions_.push_back(code_.size());
    add(BPF_JMP | BPF_JNE | BPF_K, reg, 0, value);
  }
  void finish(int32_t result) {
    add(BPF_ALU64 | BPF_MOV | BPF_K, kResult, 0, result);
    add(BPF_JMP | BPF_EXIT, 0, 0, 0);
  }

  std::vector<bpf_insn> code_;
  std::vector<size_t> conditions_;
};

Fd loadProgram(const std::vector<DeviceRule>& rules, const std::string& subject) {
  Program program;
  for (const DeviceRule& rule : rules) {
    if (!program.allow(rule)) return program.load(subject);
  }
  program.refuse();
  return program.load(subject);
}

bool isOurs(int program) {
  bpf_prog_info info{};
  bpf_attr attr{};
  attr.info.bpf_fd = static_cast<uint32_t>(program);
  attr.info.info_len = sizeof info;
  attr.info.info = reinterpret_cast<uint64_t>(&info);
  if (syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr) == -1) return false;
  return kName == info.name;
}

// What an earlier call attached here, if anything.
Fd attachedProgram(int cgroup, const std::string& subject) {
  std::array<uint32_t, 64> ids{};  // the kernel allows 64 in one cgroup
  bpf_attr attr{};
  attr.query.target_fd = static_cast<uint32_t>(cgroup);
  attr.query.attach_type = BPF_CGROUP_DEVICE;
  attr.query.prog_ids = reinterpret_cast<uint64_t>(ids.data());
  attr.query.prog_cnt = static_cast<uint32_t>(ids.size());
  check(syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof attr), "bpf", subject);
  for (uint32_t index = 0; index < attr.query.prog_cnt; ++index) {
    bpf_attr request{};
    request.prog_id = ids[index];
    Fd program(static_cast<int>(syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &request, sizeof request)));
    if (program.valid() && isOurs(program.get())) return program;
  }
  return {};
}

}  // namespace

void setDeviceProgram(const std::string& path, const std::vector<DeviceRule>& rules) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  const Fd cgroup(check(open(path.c_str(), kFlags), "open", path));
  const Fd program = loadProgram(rules, path);
  const Fd earlier = attachedProgram(cgroup.get(), path);
  bpf_attr attr{};
  attr.target_fd = static_cast<uint32_t>(cgroup.get());
  attr.attach_bpf_fd = static_cast<uint32_t>(program.get());
  attr.attach_type = BPF_CGROUP_DEVICE;
  // Without it no program may be attached below (a nested container, systemd inside).
  attr.attach_flags = BPF_F_ALLOW_MULTI;
  if (earlier.valid()) {
    attr.attach_flags |= BPF_F_REPLACE;  // Linux 5.6
    attr.replace_bpf_fd = static_cast<uint32_t>(earlier.get());
  }
  check(syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof attr), "bpf", path);
}

}  // namespace tslxc
