'use strict';

const { createHmac } = require('node:crypto');
const { text } = require('./answers');
const { expiredLink } = require('./faults');

/** The output host: videos, uploaded files, presigned PUTs. It needs no key and must get none. */

/** @param {import('./simulator').Simulator} sim @returns {(method: string, path: string) => import('./server').Route} */
function cdnRoutes(sim) {
	return (method, path) => {
		const video = /^\/outputs\/([\w-]+)\.mp4$/.exec(path);
		if (video && ['GET', 'HEAD'].includes(method)) {
			const kind = method === 'GET' ? 'download' : 'downloadHead';
			return {
				provider: 'cdn',
				kind,
				jobId: video[1],
				handle: (req) => download(sim, req, video[1]),
			};
		}
		const file = /^\/uploads\/([0-9a-f]+)\//.exec(path);
		if (file)
			return { provider: 'cdn', kind: 'uploadedFile', handle: () => uploaded(sim, file[1]) };
		const put = /^\/put\/([0-9a-f]+)\//.exec(path);
		if (put && method === 'PUT') {
			return { provider: 'cdn', kind: 'uploadPut', handle: (req) => putFile(sim, req, put[1]) };
		}
		return { provider: 'cdn', kind: 'unknown', handle: () => text('Not found', 'text/plain', 404) };
	};
}

async function download(sim, req, jobId) {
	const job = sim.jobs.get(jobId);
	if (!job || job.status !== 'completed') return text('Not found', 'text/plain', 404);
	if (sim.now() - job.finishedAt > sim.options.outputLifetime) return expiredLink();
	if (job.provider === 'miniMax' && !validLink(sim, req)) return expiredLink();
	const source = await sim.videos.source(job);
	const answer = {
		status: 200,
		type: 'video/mp4',
		headers: { 'accept-ranges': 'bytes', etag: `"${job.id}"` },
		source,
	};
	const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '');
	if (!range) return answer;
	const start = Number(range[1]);
	const end = Math.min(range[2] ? Number(range[2]) : Infinity, source.length - 1);
	if (start > end) return text('', 'text/plain', 416);
	return {
		...answer,
		status: 206,
		range: { start, end },
		headers: { ...answer.headers, 'content-range': `bytes ${start}-${end}/${source.length}` },
	};
}

/** Links that end: MiniMax, a new one on each retrieve (docs/providers.md C.4). Form: invented. */
function signedQuery(sim, jobId, untilMs) {
	const expires = String(Math.floor(untilMs / 1000));
	return `?Expires=${expires}&Signature=${sign(sim, jobId, expires)}`;
}

function validLink(sim, req) {
	const { Expires, Signature } = req.query;
	if (!Expires || Signature !== sign(sim, req.jobId, Expires)) return false;
	return sim.now() < Number(Expires) * 1000;
}

const sign = (sim, jobId, expires) =>
	createHmac('sha256', `links ${sim.options.seed}`).update(`${jobId}:${expires}`).digest('hex');

function uploaded(sim, id) {
	const upload = sim.uploads.all.get(id);
	if (!upload?.bytes) return text('Not found', 'text/plain', 404);
	return { status: 200, type: upload.type, buffer: upload.bytes };
}

/** A presigned PUT carries its permission in the address; a second one is refused, as S3 does. */
function putFile(sim, req, id) {
	const upload = sim.uploads.all.get(id);
	if (!upload || !upload.putUrl.endsWith(`?${req.url.search.slice(1)}`)) {
		return text('<Error><Code>AccessDenied</Code></Error>', 'application/xml', 403);
	}
	if (req.headers.authorization) {
		const xml =
			'<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>';
		return text(xml, 'application/xml', 400);
	}
	if (upload.type && req.headers['content-type'] !== upload.type) {
		return text('<Error><Code>SignatureDoesNotMatch</Code></Error>', 'application/xml', 403);
	}
	upload.bytes = req.raw;
	return { status: 200, headers: { etag: `"${id}"` }, buffer: Buffer.alloc(0) };
}

module.exports = { cdnRoutes, signedQuery };
