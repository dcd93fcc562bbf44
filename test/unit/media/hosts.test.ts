import { isFromInside, isPrivateHost } from '../../../nodes/Hailuo/media/hosts';

const hostOf = (host: string) => new URL(`http://${host}/a.mp4`).hostname;

test.each([
	[
		'this machine',
		['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '0.0.0.0', '[::1]', '[::]'],
	],
	[
		'this machine, written otherwise',
		['2130706433', '0x7f.1', '0177.0.0.1', '127.1', 'LOCALHOST', 'localhost.'],
	],
	['a private network', ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1']],
	['the metadata of a cloud', ['169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]']],
	['Docker', ['minio', 'n8n', 'host.docker.internal']],
	[
		'Kubernetes',
		['kubernetes.default', 'n8n.default.svc', 'a.b.svc.cluster.local', 'kubernetes.default.svc.'],
	],
	[
		'names of home and company networks',
		['nas.local', 'router.lan', 'a.home.arpa', 'x.corp', 'x.intranet'],
	],
	[
		'names that spell the address',
		[
			'127.0.0.1.nip.io',
			'10-0-0-1.example.com',
			'app.192.168.1.5.sslip.io',
			'a-10-1-2-3.nip.io',
			'0.0.0.0.nip.io',
			'192-168-1-5.hash.plex.direct',
		],
	],
	[
		'names that spell it in hex or as an IPv6',
		['7f000001.nip.io', 'app-c0a80101.nip.io', '--1.sslip.io', 'fe80--1.sslip.io'],
	],
	['public names of this machine', ['localtest.me', 'a.lvh.me']],
	[
		'IPv6 of a private network',
		['[fc00::1]', '[fd12:3456::1]', '[fe80::1]', '[febf::1]', '[fec0::1]', '[ff02::1]'],
	],
	[
		'IPv4 in an IPv6',
		[
			'[::ffff:127.0.0.1]',
			'[::127.0.0.1]',
			'[::10.0.0.1]',
			'[::ffff:0:192.168.0.1]',
			'[::ffff:a9fe:a9fe]',
		],
	],
	['NAT64', ['[64:ff9b::7f00:1]', '[64:ff9b::10.0.0.1]', '[64:ff9b:1::1]']],
	[
		'6to4, ISATAP and Teredo',
		[
			'[2002:7f00:1::]',
			'[2002:c0a8:101::1]',
			'[2001:db8::5efe:10.0.0.1]',
			'[2001:0:1:2::80ff:fffe]',
		],
	],
])('is inside: %s', (_what, hosts) => {
	for (const host of hosts) expect([host, isPrivateHost(hostOf(host))]).toEqual([host, true]);
});

test.each([
	['CDNs', ['cdn.wavespeed.ai', 'd1q70pf5vjeyhc.cloudfront.net', 'video-product.cdn.minimax.io']],
	[
		'names that only look private',
		[
			'localhost.example.com',
			'10.example.com',
			'mylocal.com',
			'svc.example.com',
			'default.example.com',
			'internal.io',
		],
	],
	[
		'public addresses in a name',
		['ec2-52-1-2-3.compute-1.amazonaws.com', '8.8.8.8.nip.io', '08080808.nip.io'],
	],
	[
		'versions and numbers in a name',
		[
			'v0-1-2-3.example.com',
			'v10-2-3.example.com',
			'cdn250-1-1-1.example.com',
			'a10-0-0-1.example.com',
			'10-0-0-1b.example.com',
			'10-0-0-999.example.com',
		],
	],
	[
		'public IPv4 and IPv6',
		[
			'8.8.8.8',
			'172.32.0.1',
			'[2606:4700::1111]',
			'[2001:4860:4860::8888]',
			'[64:ff9b::808:808]',
			'[2002:808:808::1]',
			'[::ffff:8.8.8.8]',
		],
	],
])('is outside: %s', (_what, hosts) => {
	for (const host of hosts) expect([host, isPrivateHost(hostOf(host))]).toEqual([host, false]);
});

test('a provider in a private network may use private addresses', () => {
	const url = new URL('http://minio.default.svc/a.mp4');
	expect(isFromInside(url, 'https://api.wavespeed.ai/api/v3')).toBe(true);
	expect(isFromInside(url, 'http://gateway.default.svc/api/v3')).toBe(false);
});
