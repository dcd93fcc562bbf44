'use strict';

const { json, text } = require('./answers');
const { errorAnswer, namedFaults } = require('./errorAnswers');

/**
 * Fault rules: what goes wrong, for which requests, how often.
 *
 * @typedef {{
 *   provider?: string | string[], kind?: string | string[],
 *   match?: ((req: object) => boolean) | { path?: string, method?: string, body?: string },
 *   times?: number, skip?: number, probability?: number, fault: Fault | string,
 * }} Rule  `times` default Infinity; `skip` lets the first n matching requests through;
 *   `match` as an object: `path` and `body` are regular expressions (for rules sent over HTTP);
 *   `fault` as a string names an entry of namedFaults.
 *
 * @typedef {{
 *   status?: number, body?: unknown, headers?: Record<string, string>, accept?: boolean,
 *   drop?: 'before' | 'after', afterAccept?: { status: number, body?: unknown, headers?: object },
 *   badJson?: boolean, delay?: number, hang?: boolean | 'before',
 *   envelope?: { code: number, message: string }, redirect?: string, redirectStatus?: number,
 *   cutAfterBytes?: number, hangAfterBytes?: number, slowCdn?: number, noLength?: boolean,
 *   wrongType?: string, emptyBody?: boolean, expired?: boolean, outcome?: object,
 * }} Fault
 *
 * Rule of money: a fault with `status`, `envelope`, `redirect`, `expired`, drop 'before' or hang
 * 'before' strikes BEFORE the request is handled (nothing is accepted, nothing is billed) unless it
 * says `accept: true`. All others strike the answer of a request that was handled and billed.
 */

class Faults {
	/** @param {() => number} random */
	constructor(random) {
		this.random = random;
		/** @type {(Rule & { fault: Fault, seen: number, hit: number })[]} */
		this.rules = [];
	}

	/** @param {Rule} rule @returns {() => void} takes the rule away */
	add(rule) {
		const fault = typeof rule.fault === 'string' ? namedFaults[rule.fault] : rule.fault;
		if (!fault) throw new Error(`No such fault: ${JSON.stringify(rule.fault)}`);
		const own = { ...rule, fault, seen: 0, hit: 0 };
		this.rules.push(own);
		return () => void (this.rules = this.rules.filter((r) => r !== own));
	}

	clear() {
		this.rules = [];
	}

	/** The first rule that strikes this request. @returns {Fault | undefined} */
	take(req) {
		for (const rule of this.rules) {
			if (!fits(rule.provider, req.provider) || !fits(rule.kind, req.kind)) continue;
			if (!asked(rule.match, req) || rule.hit >= (rule.times ?? Infinity)) continue;
			if (rule.seen++ < (rule.skip ?? 0)) continue;
			if (rule.probability !== undefined && this.random() >= rule.probability) continue;
			rule.hit++;
			return rule.fault;
		}
		return undefined;
	}
}

const fits = (wanted, value) => wanted === undefined || [wanted].flat().includes(value);

function asked(match, req) {
	if (!match) return true;
	if (typeof match === 'function') return match(req);
	return (
		(!match.path || new RegExp(match.path).test(req.path)) &&
		(!match.method || match.method === req.method) &&
		(!match.body || new RegExp(match.body).test(req.raw.toString()))
	);
}

/** The answer that stands in for handling the request. @returns {import('./answers').Answer | 'cut' | 'hang' | undefined} */
function before(fault, req) {
	if (fault.drop === 'before') return 'cut';
	if (fault.hang === 'before') return 'hang';
	if (fault.expired) return expiredLink();
	if (fault.redirect) {
		return {
			status: fault.redirectStatus ?? 302,
			headers: { location: fault.redirect, ...fault.headers },
		};
	}
	if (fault.envelope) return json({ data: null, ...fault.envelope }, 200, fault.headers);
	if (fault.status) return errorAnswer(req, fault);
	return undefined;
}

/** What becomes of the real answer. @returns {import('./answers').Answer | 'cut' | 'hang'} */
function after(fault, req, answer) {
	if (fault.drop === 'after') return 'cut';
	if (fault.hang) return 'hang';
	if (fault.afterAccept) return errorAnswer(req, fault.afterAccept);
	if (fault.badJson) {
		const whole = answer.rawJson ?? JSON.stringify(answer.json ?? {});
		return {
			...answer,
			json: undefined,
			rawJson: whole.slice(0, Math.max(1, Math.floor(whole.length / 2))),
		};
	}
	if (fault.emptyBody) {
		return { status: answer.status, headers: answer.headers, buffer: Buffer.alloc(0) };
	}
	if (fault.wrongType) {
		const page = '<!doctype html><title>Service notice</title><p>Not a video.</p>';
		return { ...text(page, fault.wrongType, 200), headers: fault.headers };
	}
	return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

/** Links of S3/CloudFront kind answer 403 with XML when their time is over (text: invented). */
function expiredLink() {
	const xml =
		'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>' +
		'<Message>Request has expired</Message></Error>';
	return text(xml, 'application/xml', 403);
}

module.exports = { Faults, before, after, expiredLink };
