#!/usr/bin/env python3
"""Run the measurement matrix and print medians.

  run.py --bin DIR [--runs 5] [--only REGEX] [--out results.jsonl] [--list]
         [--plugin 'CMD {idx} {name} {socket}'] [--runtime CMD]

DIR holds refruntime, refplugin, rawttrpc (and pingpong, if built). --plugin
replaces the plugin command (MODE in it is replaced by noop or adjust);
--runtime replaces the runtime command (it must take the same flags).
Both replaced, DIR is only needed for the cases of rawttrpc and pingpong.
Runs of different cases are interleaved, so that a noisy minute hits all.
Ends with 1 when a run of any case failed.
"""
import argparse, atexit, json, os, re, shlex, shutil, subprocess, sys, tempfile, time

ap = argparse.ArgumentParser()
ap.add_argument('--bin', required=True)
ap.add_argument('--runs', type=int, default=5)
ap.add_argument('--only', default='')
ap.add_argument('--out', default='results.jsonl')
ap.add_argument('--plugin', default='')
ap.add_argument('--runtime', default='')
ap.add_argument('--list', action='store_true')
a = ap.parse_args()
B = os.path.abspath(a.bin)
tmp = tempfile.mkdtemp(prefix='nribench')
atexit.register(shutil.rmtree, tmp, ignore_errors=True)
sock = os.path.join(tmp, 'nri.sock')
RT = shlex.split(a.runtime) if a.runtime else [B + '/refruntime']
PL = a.plugin or (B + '/refplugin -idx {idx} -name {name} -socket {socket} -mode MODE')

def preinstalled(path):
    """A plugin that a runtime starts: refplugin, or a script around what replaces it, without the options that a runtime gives."""
    if not a.plugin:
        os.symlink(B + '/refplugin', path)
        return
    words = shlex.split(a.plugin.replace('MODE', 'noop'))
    keep = [w for i, w in enumerate(words) if '{' not in w and not (w.startswith('-') and i + 1 < len(words) and '{' in words[i + 1])]
    keep[0] = shutil.which(keep[0]) or keep[0]
    with open(path, 'w') as f:  # a started plugin has no PATH
        f.write('#!/bin/sh\nPATH=%s exec %s\n' % (shlex.quote(os.environ['PATH']), shlex.join(keep)))
    os.chmod(path, 0o755)

pre = os.path.join(tmp, 'plugins')
os.mkdir(pre)
preinstalled(pre + '/00-ref')
pre10 = os.path.join(tmp, 'plugins10')
os.mkdir(pre10)
for i in range(10):
    preinstalled(f'{pre10}/{i:02d}-ref')

cases = []
def rt(label, n, mode, *args, pfx=()):
    pl = PL.replace('MODE', mode) if mode != 'taskset' else 'taskset -c 1 ' + PL.replace('MODE', 'noop')
    cases.append((label, list(pfx) + RT + ['-socket', sock, '-label', label, '-spawn', str(n),
                  '-spawn-cmd', pl] + [str(x) for x in args]))

K = {0: 3000, 1: 3000, 3: 1500, 10: 500}
rt('create/0/none/c1', 0, 'noop', '-bench', 'create', '-k', 3000)
for n in (1, 3, 10):
    for mode in ('noop', 'adjust'):
        rt(f'create/{n}/{mode}/c1', n, mode, '-bench', 'create', '-k', K[n])
        rt(f'create/{n}/{mode}/c16', n, mode, '-bench', 'create', '-k', K[n], '-c', 16)
    rt(f'event/{n}/noop/c1', n, 'noop', '-bench', 'event', '-k', K[n])
    rt(f'event/{n}/noop/c16', n, 'noop', '-bench', 'event', '-k', K[n], '-c', 16)
rt('validator/create/1/adjust/c1', 1, 'adjust', '-bench', 'create', '-k', 2000, '-validator', '{"Enable":true}')
PIN = ('taskset', '-c', '0')
for n in (1, 3, 10):
    for mode in ('noop', 'adjust'):
        rt(f'pin1/create/{n}/{mode}/c1', n, mode, '-bench', 'create', '-k', K[n], pfx=PIN)
rt('pin1/create/1/noop/c16', 1, 'noop', '-bench', 'create', '-k', 3000, '-c', 16, pfx=PIN)
rt('pin1/event/1/noop/c1', 1, 'noop', '-bench', 'event', '-k', 3000, pfx=PIN)
rt('split/create/1/noop/c1', 1, 'taskset', '-bench', 'create', '-k', 3000, pfx=PIN)
rt('gomaxprocs1/create/1/noop/c1', 1, 'noop', '-bench', 'create', '-k', 3000, pfx=('env', 'GOMAXPROCS=1'))
for n in (1000, 10000):
    rt(f'sync/{n}/realistic', 1, 'noop', '-bench', 'sync', '-sync-pods', n // 2, '-sync-ctrs', n, '-req-timeout', '60s')
    rt(f'sync/{n}/lean', 1, 'noop', '-bench', 'sync', '-lean', '-sync-pods', n // 2, '-sync-ctrs', n, '-req-timeout', '60s')
rt('sync/10000/realistic/2s-default', 1, 'noop', '-bench', 'sync', '-sync-pods', 5000, '-sync-ctrs', 10000)
rt('start/external', 10, 'noop', '-bench', 'start')
cases.append(('start/preinstalled/1', RT + ['-socket', sock, '-label', 'start/preinstalled/1', '-plugin-path', pre, '-bench', 'start', '-plugins', '1']))
cases.append(('start/preinstalled/10', RT + ['-socket', sock, '-label', 'start/preinstalled/10', '-plugin-path', pre10, '-bench', 'start', '-plugins', '10']))
for n in ('', '-lean'):
    cases.append(('codec/8KB' if not n else 'codec/1KB', RT + ['-bench', 'codec', '-k', '20000', '-label', 'codec' + n] + n.split()))
    cases.append(('pin1/codec/8KB' if not n else 'pin1/codec/1KB', list(PIN) + RT + ['-bench', 'codec', '-k', '20000', '-label', 'codec' + n] + n.split()))
SZ = [('1KB', 1000), ('10KB', 10000), ('100KB', 100000), ('1MB', 1000000), ('3.9MB', 3900000)]
for s, n in SZ:
    k = 1000 if n <= 100000 else (100 if n <= 1000000 else 40)
    x = ['-lean'] if n == 1000 else []
    rt(f'size/create/{s}', 1, 'noop', '-bench', 'create', '-k', k, '-warm', min(100, k), '-pad', n, *x)
for mux in (0, 1):
    for c in (1, 16):
        cases.append((f'raw/mux{mux}/100B/c{c}', [B + '/rawttrpc', '-k', '10000', '-c', str(c), '-label', f'raw/mux{mux}/100B/c{c}'] + ['-mux'] * mux))
    for s, n in SZ:
        k = 3000 if n <= 100000 else (200 if n <= 1000000 else 60)
        l = f'raw/mux{mux}/{s}/c1'
        cases.append((l, [B + '/rawttrpc', '-k', str(k), '-warm', str(min(200, k)), '-size', str(n), '-label', l] + ['-mux'] * mux))
for mux in (0, 1):
    l = f'pin1/raw/mux{mux}/100B/c1'
    cases.append((l, list(PIN) + [B + '/rawttrpc', '-k', '10000', '-label', l] + ['-mux'] * mux))
if os.path.exists(B + '/pingpong'):
    cases.append(('floor/pingpong', [B + '/pingpong', '20000']))
    cases.append(('pin1/floor/pingpong', list(PIN) + [B + '/pingpong', '20000']))
rt('pin1/start/external', 10, 'noop', '-bench', 'start', pfx=PIN)

cases = [c for c in cases if re.search(a.only, c[0])]
if a.list:
    print('\n'.join(c[0] for c in cases)); sys.exit()
res = {}
with open(a.out, 'a') as out:
    for r in range(a.runs):
        for label, argv in cases:
            t = time.time()
            p = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
            try:
                o = json.loads(p.stdout.strip().splitlines()[-1])
            except Exception:
                o = {'error': (p.stderr or p.stdout).strip()[-300:]}
            o.update(label=label, run=r, took=round(time.time() - t, 2), load=os.getloadavg()[0], at=int(t))
            out.write(json.dumps(o) + '\n'); out.flush()
            res.setdefault(label, []).append(o)
sys.stdout.flush()
subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'summary.py'), a.out])
failed = [o for runs in res.values() for o in runs if 'error' in o]
for o in failed:
    print('%s: %s' % (o['label'], o['error']), file=sys.stderr)
sys.exit(1 if failed or not res else 0)
