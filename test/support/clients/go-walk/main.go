// A walk through what go-libvirt, the implementation of libvirt's protocol in pure Go, does with containers and networks. Each step
// prints a line, which begins with "ok" or "not ok"; "end" is the last line.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

const domainXML = `<domain type='lxc'><name>gopher</name><memory unit='MiB'>64</memory>
<os><type>exe</type><init>/bin/sh</init></os><devices><console type='pty'/></devices></domain>`

const networkXML = `<network><name>burrow</name><ip address='10.77.0.1' netmask='255.255.255.0'/></network>`

// How long something may take that is waited for.
const patience = 40 * time.Second

func say(name string, isRight bool, found ...interface{}) {
	word := "ok"
	if !isRight {
		word = "not ok"
	}
	fmt.Println(word, name, fmt.Sprint(found...))
}

// A step that has to succeed.
func step(name string, err error) {
	say(name, err == nil, err)
}

// A step that has to be refused, with libvirt's number for the error.
func refused(name string, err error, code libvirt.ErrorNumber) {
	one, isError := err.(libvirt.Error)
	say(name, isError && one.Code == uint32(code), err)
}

// What a console has said so far.
type output struct {
	lock  sync.Mutex
	bytes bytes.Buffer
}

func (o *output) Write(bytes []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.bytes.Write(bytes)
}

func (o *output) has(text string) bool {
	o.lock.Lock()
	defer o.lock.Unlock()
	return strings.Contains(o.bytes.String(), text)
}

func eventually(holds func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return false
}

func open(path string) *libvirt.Libvirt {
	l := libvirt.NewWithDialer(dialers.NewLocal(dialers.WithSocket(path)))
	if err := l.ConnectToURI("lxc:///"); err != nil {
		say("connect", false, err)
		os.Exit(1)
	}
	return l
}

func host(l *libvirt.Libvirt) {
	kind, err := l.ConnectGetType()
	say("type", err == nil && kind == "LXC", kind, err)
	uri, err := l.ConnectGetUri()
	say("uri", err == nil && uri == "lxc:///", uri, err)
	version, err := l.ConnectGetLibVersion()
	say("version", err == nil && version == 11003000, version, err)
	caps, err := l.Capabilities()
	say("capabilities", err == nil && strings.Contains(string(caps), "<capabilities>"), err)
	_, memory, cpus, _, _, _, _, _, err := l.NodeGetInfo()
	say("node", err == nil && memory > 0 && cpus > 0, memory, cpus, err)
	_, _, err = l.ConnectListAllStoragePools(1, 0)
	step("no pools", err)
	_, err = l.StoragePoolLookupByName("default")
	refused("a pool", err, libvirt.ErrNoStoragePool)
}

func life(l *libvirt.Libvirt) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events, err := l.LifecycleEvents(ctx)
	step("subscribe", err)
	dom, err := l.DomainDefineXML(domainXML)
	step("define", err)
	step("create", l.DomainCreate(dom))
	dom, err = l.DomainLookupByName("gopher")
	say("lookup", err == nil && dom.Name == "gopher" && dom.ID > 0, dom.ID, err)
	byUUID, err := l.DomainLookupByUUID(dom.UUID)
	say("lookup by uuid", err == nil && byUUID == dom, err)
	domains, count, err := l.ConnectListAllDomains(1, libvirt.ConnectListDomainsActive)
	say("list", err == nil && count == 1 && len(domains) == 1 && domains[0] == dom, count, err)
	console(l, dom)
	statistics(l, dom)
	annotations(l, dom)
	step("suspend", l.DomainSuspend(dom))
	state, _, err := l.DomainGetState(dom, 0)
	say("paused", err == nil && state == int32(libvirt.DomainPaused), state, err)
	step("resume", l.DomainResume(dom))
	refused("create again", l.DomainCreate(dom), libvirt.ErrOperationInvalid)
	refused("save", l.DomainSave(dom, "/nowhere"), libvirt.ErrNoSupport)
	step("destroy", l.DomainDestroy(dom))
	step("undefine", l.DomainUndefine(dom))
	_, err = l.DomainLookupByName("gopher")
	refused("gone", err, libvirt.ErrNoDomain)
	seen := []int32{}
	for len(seen) < 6 {
		select {
		case event := <-events:
			seen = append(seen, event.Event)
		case <-time.After(patience):
			say("events", false, seen)
			return
		}
	}
	// Defined, started, suspended, resumed, stopped, undefined.
	say("events", fmt.Sprint(seen) == "[0 2 3 4 5 1]", seen)
}

func console(l *libvirt.Libvirt, dom libvirt.Domain) {
	said := &output{}
	opened := make(chan error, 1)
	go func() { opened <- l.DomainOpenConsole(dom, nil, said, 0) }()
	// The prompt of the shell that is init.
	say("console", eventually(func() bool { return said.has("# ") }), said.bytes.String())
	select {
	case err := <-opened:
		say("console stays", false, err)
	default:
		say("console stays", true)
	}
}

func statistics(l *libvirt.Libvirt, dom libvirt.Domain) {
	records, err := l.ConnectGetAllDomainStats([]libvirt.Domain{dom, dom}, 0, 0)
	say("statistics", err == nil && len(records) == 2 && len(records[0].Params) > 3, len(records), err)
	same := len(records) == 2 && records[0].Dom == dom && records[1].Dom == dom
	say("whose statistics", same)
	memory, err := l.DomainMemoryStats(dom, 11, 0)
	say("memory", err == nil && len(memory) > 0, err)
	_, most, _, cpus, _, err := l.DomainGetInfo(dom)
	say("info", err == nil && most == 65536 && cpus > 0, most, cpus, err)
	_, count, err := l.DomainGetBlkioParameters(dom, 0, 0)
	say("blkio", err == nil && count > 0, count, err)
	parameters, _, err := l.DomainGetMemoryParameters(dom, 3, 0)
	say("memory parameters", err == nil && len(parameters) == 3, len(parameters), err)
}

func annotations(l *libvirt.Libvirt, dom libvirt.Domain) {
	title := libvirt.OptString{"A title"}
	step("title", l.DomainSetMetadata(dom, 1, title, nil, nil, 0))
	text, err := l.DomainGetMetadata(dom, 1, nil, 0)
	say("title is", err == nil && text == "A title", text, err)
	xml, err := l.DomainGetXMLDesc(dom, 0)
	say("xml", err == nil && strings.Contains(xml, "<title>A title</title>"), err)
}

func networks(l *libvirt.Libvirt) {
	net, err := l.NetworkDefineXML(networkXML)
	step("define a network", err)
	found, err := l.NetworkLookupByName("burrow")
	say("lookup of a network", err == nil && found == net, err)
	_, count, err := l.ConnectListAllNetworks(1, 0)
	say("list of networks", err == nil && count >= 1, count, err)
	xml, err := l.NetworkGetXMLDesc(net, 0)
	say("xml of a network", err == nil && strings.Contains(xml, "10.77.0.1"), err)
	step("start a network", l.NetworkCreate(net))
	bridge, err := l.NetworkGetBridgeName(net)
	say("bridge", err == nil && bridge != "", bridge, err)
	leases, _, err := l.NetworkGetDhcpLeases(net, nil, 1, 0)
	say("leases", err == nil && len(leases) == 0, len(leases), err)
	step("destroy a network", l.NetworkDestroy(net))
	step("undefine a network", l.NetworkUndefine(net))
	_, err = l.NetworkLookupByName("burrow")
	refused("network gone", err, libvirt.ErrNoNetwork)
}

func readOnly(path string) {
	l := open(path)
	_, err := l.DomainDefineXML(domainXML)
	refused("define, read-only", err, libvirt.ErrOperationDenied)
	_, _, err = l.ConnectListAllDomains(1, 0)
	step("list, read-only", err)
	step("disconnect, read-only", l.Disconnect())
}

func main() {
	l := open(os.Args[1])
	host(l)
	life(l)
	networks(l)
	readOnly(os.Args[1] + "-ro")
	step("disconnect", l.Disconnect())
	fmt.Println("end")
}
