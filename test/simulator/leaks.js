'use strict';

/**
 * Watches where keys go. A key belongs to its provider's API and nowhere else: not to the CDN, not
 * to a presigned upload, not to another provider (docs/providers.md G.7).
 *
 * @param {import('./simulator').Simulator} sim
 * @param {import('./server').Req} req
 */
function watch(sim, req) {
	const own = sim.options.keys[req.provider ?? ''];
	const text = [req.url.href, ...Object.entries(req.headers).map((pair) => pair.join(': '))].join(
		'\n',
	);
	const why = [];
	if (req.provider === 'cdn' && req.headers.authorization) why.push('Authorization header');
	const all = Object.entries(sim.options.keys);
	for (const key of Object.values(sim.options.miniMaxKeys)) all.push(['miniMax', key]);
	for (const [name, key] of all) {
		if (!key || key === own || !text.includes(key)) continue;
		if (name !== req.provider) why.push(`key of ${name}`);
	}
	if (own && req.url.href.includes(own)) why.push('key in the address');
	for (const reason of why) {
		sim.leaks.push({ n: req.entry.n, kind: req.kind, path: req.path, why: reason });
	}
}

module.exports = { watch };
