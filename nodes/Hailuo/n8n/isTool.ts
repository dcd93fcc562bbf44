import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Whether an AI agent calls the node as its tool: n8n then names the node's type `hailuoTool`, and gives the agent the
 * JSON only. A file would be fetched and dropped. n8n creates `hailuoHitlTool` from every node with an operation
 * `sendAndWait`, to let a person approve other tools; this node asks nobody for approval.
 */
export const isTool = (context: IExecuteFunctions): boolean =>
	/\bhailuo(Hitl)?Tool$/.test(context.getNode().type);
