"""Has Nova's own libvirt driver make, use and remove one instance, without a control plane: nova-driver.py FOLDER IMAGE

What a control plane has is in this process: the record of the instance, and where its image comes from. The host, the disk, the
root file system and the container are real. After each step a line of JSON says what it has shown.
"""

import contextlib
import json
import os
import shutil
import sys
import time

import nova.monkey_patch  # noqa: F401  before all else, as in Nova's services

import libvirt
import nova.privsep
from oslo_utils import timeutils
from nova import config, context, exception, objects
from nova.network import model
from nova.objects import block_device as block_devices
from nova.virt import images, virtapi
from nova.virt.libvirt import driver as libvirt_driver

folder, image = sys.argv[1:]
image_id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
instance_id = "6ba7b811-9dad-11d1-80b4-00c04fd430c8"

SETTINGS = f"""
[DEFAULT]
host = here
my_ip = 127.0.0.1
instances_path = {folder}/instances
state_path = {folder}/state
[oslo_concurrency]
lock_path = {folder}/locks
[libvirt]
virt_type = lxc
images_type = raw
wait_soft_reboot_seconds = 20
"""


def say(step, **shown):
    print(json.dumps({"step": step, **shown}), flush=True)


class NobodyElse(virtapi.VirtAPI):
    """The other services of a cloud: there are no networks to wait for."""

    @contextlib.contextmanager
    def wait_for_instance_event(self, *_arguments, **_options):
        yield


class OneImage:
    """Where images come from."""

    def get(self, _context, _id, **_options):
        return {"id": image_id, "disk_format": "raw", "container_format": "bare"}

    def download(self, _context, _id, dest_path=None, **_options):
        shutil.copyfile(image, dest_path)


def not_registered(*_arguments, **_options):
    raise exception.ComputeHostNotFound(host="here")


def without_database():
    """Records are what this process has of them, and what is not known of one is nothing."""
    objects.register_all()
    objects.Instance.save = lambda self, *_arguments, **_options: self.obj_reset_changes()
    objects.Instance.obj_load_attr = lambda self, name: setattr(self, name, None)
    for lists, ways in (
        (objects.InstanceList, ("get_by_host", "get_by_filters")),
        (block_devices.BlockDeviceMappingList, ("get_by_instance_uuid",)),
        (objects.VirtualInterfaceList, ("get_by_instance_uuid",)),
        (objects.ShareMappingList, ("get_by_instance_uuid",)),
    ):
        for way in ways:
            setattr(lists, way, classmethod(lambda cls, *_, **__: cls(objects=[])))
    block_devices.BlockDeviceMappingList.bdms_by_instance_uuid = classmethod(lambda *_, **__: {})
    objects.Service.get_by_compute_host = not_registered


def configured():
    os.makedirs(f"{folder}/state")
    os.makedirs(f"{folder}/instances")
    with open(f"{folder}/state/compute_id", "w") as node:
        node.write("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
    with open(f"{folder}/nova.conf", "w") as settings:
        settings.write(SETTINGS)
    config.parse_args(
        ["nova-compute", "--config-file", f"{folder}/nova.conf"], configure_db=False, init_rpc=False
    )
    # This process is root's: nothing is done by another one with more rights.
    nova.privsep.sys_admin_pctxt.set_client_mode(False)
    images.IMAGE_API = OneImage()


def instance_record(admin):
    flavor = objects.Flavor(
        id=1,
        flavorid="small",
        name="small",
        memory_mb=256,
        vcpus=1,
        root_gb=0,
        ephemeral_gb=0,
        swap=0,
        extra_specs={"quota:cpu_shares": "512"},
    )
    return objects.Instance(
        context=admin,
        id=1,
        uuid=instance_id,
        display_name="web",
        hostname="web",
        user_id="somebody",
        project_id="something",
        image_ref=image_id,
        kernel_id="",
        ramdisk_id="",
        config_drive="",
        memory_mb=256,
        vcpus=1,
        flavor=flavor,
        metadata={},
        system_metadata={},
        info_cache=objects.InstanceInfoCache(network_info=model.NetworkInfo([])),
        pci_devices=objects.PciDeviceList(objects=[]),
        numa_topology=None,
        launched_at=timeutils.utcnow(),
        cleaned=False,
    )


def root_device(instance):
    """Where the instance's root file system is mounted on this host, and by which device."""
    path = os.path.join(folder, "instances", instance.uuid, "rootfs")
    with open("/proc/mounts") as mounts:
        return [line.split()[0] for line in mounts if line.split()[1] == path]


def console_has(driver, admin, instance, text):
    """Whether Nova's log of the console has a text, at once or a little later."""
    for _ in range(600):
        if text in driver.get_console_output(admin, instance):
            return True
        time.sleep(0.1)
    return False


def refusal(action):
    """What libvirt's client has been told instead."""
    try:
        action()
    except libvirt.libvirtError as error:
        return [error.get_error_code(), error.get_error_message()]
    return None


def main():
    configured()
    without_database()
    admin = context.get_admin_context()
    driver = libvirt_driver.LibvirtDriver(NobodyElse())
    told = []
    driver.register_event_listener(lambda event: told.append(event.get_name()))
    driver.init_host("here")
    resources = driver.get_available_resource("here")
    say(
        "host",
        type=resources["hypervisor_type"],
        kinds=resources["supported_instances"],
        vcpus=resources["vcpus"],
        memory=resources["memory_mb"],
        instances=driver.get_num_instances(),
        uptime="load average" in driver.get_host_uptime(),
    )

    instance = instance_record(admin)
    network = model.NetworkInfo([])

    def state():
        return driver.get_info(instance).state

    driver.spawn(admin, instance, instance.image_meta, [], None, {}, network)
    say(
        "spawn",
        state=state(),
        names=driver.list_instances(),
        uuids=driver.list_instance_uuids(),
        mounted=root_device(instance),
        shares=libvirt.open("lxc:///").lookupByName(instance.name).schedulerParameters()["cpu_shares"],
    )
    say("console", ready=console_has(driver, admin, instance, b"OpenStack Nova is ready"))
    diagnostics = driver.get_instance_diagnostics(instance)
    say("diagnostics", state=diagnostics.state, driver=diagnostics.driver)

    driver.pause(instance)
    paused = state()
    driver.unpause(instance)
    say("pause", paused=paused, unpaused=state())
    say("suspend", refused=refusal(lambda: driver.suspend(admin, instance)), state=state())

    for kind in ("SOFT", "HARD"):
        before = driver.get_info(instance).internal_id
        driver.reboot(admin, instance, network, kind)
        say("reboot", kind=kind, state=state(), again=driver.get_info(instance).internal_id != before)

    driver.power_off(instance)
    off = state()
    driver.power_on(admin, instance, network)
    say("power", off=off, on=state(), names=driver.list_instances())

    driver.destroy(admin, instance, network)
    say(
        "destroy",
        names=driver.list_instances(),
        mounted=root_device(instance),
        left=os.path.exists(os.path.join(folder, "instances", instance.uuid)),
    )
    # A loop turns before what has been told is dispatched.
    time.sleep(1)
    say("events", told=told)


main()
