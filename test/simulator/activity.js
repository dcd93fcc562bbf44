'use strict';

const zlib = require('node:zlib');
const channels = require('node:diagnostics_channel');
const { performance } = require('node:perf_hooks');

/*
 * Tells when this process is at rest: everything in it waits for a timer, and nothing else will ever happen. It knows
 * this from what the event loop did, not from how much time passed, so a slow or busy machine does not mislead it.
 */

/** Turns of the event loop without an event until the process counts as at rest. Chains of setImmediate are shorter. */
const QUIET_TURNS = 5;
/** Turns without an event at full speed before the wait gives the processor to others. */
const FAST_TURNS = 200;
/**
 * For bytes that nobody reads (a paused download): after so many slow turns, about 2 ms each, without any event they
 * are taken for unread on purpose.
 */
const UNREAD_TURNS = 50;

/** Requests to the file system, the resolver and child processes, as Node names them. */
const WORK = /Req|Connect|Process/;

/** The base of all zlib streams: Node lists no request while one of their threads works. */
/** @type {{ _transform: (this: import('node:zlib').Gzip, ...args: any[]) => void }} */
const packing = Object.getPrototypeOf(Object.getPrototypeOf(zlib.Gzip.prototype));

// Saved: a test may replace the global ones by simulated ones.
const { setImmediate, setTimeout } = globalThis;

class Activity {
	constructor() {
		/** Client sockets of this process. @type {Set<import('node:net').Socket>} */
		this.clients = new Set();
		/** Server sockets by the port of their client. @type {Map<number, import('node:net').Socket>} */
		this.servers = new Map();
		/** The port of each client socket, which the socket itself forgets when it closes. @type {WeakMap<import('node:net').Socket, number | undefined>} */
		this.ownPorts = new WeakMap();
		this.onClient = (/** @type {any} */ { socket }) => {
			this.clients.add(socket);
			socket.once('connect', () => this.ownPorts.set(socket, socket.localPort));
			socket.once('close', () => this.clients.delete(socket));
		};
		this.onServer = (/** @type {any} */ { socket }) => {
			const port = socket.remotePort;
			this.servers.set(port, socket);
			socket.once('close', () => {
				if (this.servers.get(port) === socket) this.servers.delete(port);
			});
		};
		channels.subscribe('net.client.socket', this.onClient);
		channels.subscribe('net.server.socket', this.onServer);
		/** Streams that compress or decompress at the moment. @type {Set<import('node:zlib').Gzip>} */
		this.packers = new Set();
		const { packers } = this;
		const { _transform: transform } = packing;
		/** @this {import('node:zlib').Gzip} */
		this.pack = function (chunk, encoding, done) {
			packers.add(this);
			transform.call(this, chunk, encoding, (...result) => {
				packers.delete(this);
				done(...result);
			});
		};
		this.unpatch = () => {
			if (packing._transform === this.pack) packing._transform = transform;
		};
		packing._transform = this.pack;
	}

	stop() {
		this.stopped = true;
		this.unpatch();
		channels.unsubscribe('net.client.socket', this.onClient);
		channels.unsubscribe('net.server.socket', this.onServer);
	}

	/** Resolves when the process is at rest. */
	async rest() {
		let events = -1;
		let quiet = 0;
		let slow = 0;
		for (let turn = 0; quiet < QUIET_TURNS && !this.stopped; turn++) {
			await new Promise((resolve) =>
				turn < FAST_TURNS ? setImmediate(resolve) : setTimeout(resolve, 1),
			);
			const seen = performance.nodeTiming.uvMetricsInfo.events;
			if (seen !== events) {
				events = seen;
				quiet = slow = turn = 0;
				continue;
			}
			if (++quiet < QUIET_TURNS) continue;
			if (this.isWorking()) quiet = 0;
			else if (this.isSending() && (turn < FAST_TURNS || ++slow < UNREAD_TURNS))
				quiet = QUIET_TURNS - 1;
		}
	}

	/** Whether bytes, or the end of a connection, are on their way between two sockets of this process. @private */
	isSending() {
		const ports = new Set();
		for (const client of this.clients) {
			if (client.connecting) return true;
			const port = this.ownPorts.get(client);
			const server = port && this.servers.get(port);
			ports.add(port);
			if (!server) {
				// Its server is another process, or has yet to take the connection, or has closed it.
				if (!client.destroyed && client.remoteAddress) return true;
				continue;
			}
			if (client.destroyed !== server.destroyed) return true;
			if (client.destroyed) continue;
			if (client.bytesWritten > server.bytesRead || server.bytesWritten > client.bytesRead)
				return true;
		}
		for (const [port, server] of this.servers) {
			if (!server.destroyed && !ports.has(port)) return true;
		}
		return false;
	}

	/** @private */
	isWorking() {
		for (const packer of this.packers) {
			// One whose output nobody reads is waiting, not working.
			const full = packer.readableLength >= packer.readableHighWaterMark;
			if (!packer.destroyed && !full) return true;
		}
		return process.getActiveResourcesInfo().some((name) => WORK.test(name));
	}
}

module.exports = { Activity };
