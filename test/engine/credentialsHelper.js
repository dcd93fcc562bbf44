'use strict';

const { ICredentialsHelper } = require('n8n-workflow');
const { load } = require('./load');

/**
 * @typedef {Record<string, import('n8n-workflow').ICredentialDataDecryptedObject>} CredentialsByType
 */

/** By the credential's name. @type {Record<string, new () => import('n8n-workflow').ICredentialType>} */
const CREDENTIAL_TYPES = {
	hailuoWaveSpeedApi: load('credentials/HailuoWaveSpeedApi.credentials').HailuoWaveSpeedApi,
	hailuoVtrixApi: load('credentials/HailuoVtrixApi.credentials').HailuoVtrixApi,
	hailuoMiniMaxApi: load('credentials/HailuoMiniMaxApi.credentials').HailuoMiniMaxApi,
};

/** Replaces n8n's own, which needs its database. Returns the given credentials, and signs as the credential defines. */
class Credentials extends ICredentialsHelper {
	/** @param {CredentialsByType} byType */
	constructor(byType) {
		super();
		this.byType = byType;
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(data, type, options) {
		const { authenticate } = new CREDENTIAL_TYPES[type]();
		if (typeof authenticate === 'function') return await authenticate(data, options);
		const headers = Object.entries(authenticate?.properties.headers ?? {}).map(([name, value]) => [
			name,
			String(value)
				.replace(/^=/, '')
				.replace(/\{\{\s*\$credentials\.(\w+)\s*\}\}/g, (_, key) => data[key]),
		]);
		return { ...options, headers: { ...options.headers, ...Object.fromEntries(headers) } };
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	/** @returns {Promise<never>} */
	async getCredentials() {
		throw new Error('not used');
	}

	/** @param {unknown} _additional @param {unknown} _details @param {string} type */
	async getDecrypted(_additional, _details, type) {
		const data = this.byType[type];
		if (!data) throw new Error(`No credential of type ${type}`);
		return data;
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(type) {
		return new CREDENTIAL_TYPES[type]().properties;
	}
}

/** The credentials for a simulator. @param {import('../simulator/simulator').Simulator} sim @returns {CredentialsByType} */
const credentialsFor = (sim) => ({
	hailuoWaveSpeedApi: { apiKey: sim.options.keys.waveSpeed, baseUrl: sim.urls.waveSpeed },
	hailuoVtrixApi: { apiKey: sim.options.keys.vtrix, baseUrl: sim.urls.vtrix },
	hailuoMiniMaxApi: { apiKey: sim.options.keys.miniMax, baseUrl: sim.urls.miniMax },
});

module.exports = { CREDENTIAL_TYPES, Credentials, credentialsFor };
