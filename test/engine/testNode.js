'use strict';

/**
 * A node of a workflow, as n8n stores it.
 * @param {Partial<import('n8n-workflow').INode>} [given] what matters to the test
 * @returns {import('n8n-workflow').INode}
 */
const testNode = (given = {}) => ({
	id: 'node',
	name: 'Hailuo',
	type: 'test.hailuo',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...given,
});

/**
 * What a node keeps of its credentials. They are named after their types.
 * @param {object} byType
 * @returns {import('n8n-workflow').INode['credentials']}
 */
const credentialsOf = (byType) =>
	Object.fromEntries(Object.keys(byType).map((name) => [name, { id: name, name }]));

module.exports = { credentialsOf, testNode };
