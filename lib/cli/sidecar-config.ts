/** Without these a sidecar has nobody to ask, or nobody who may ask it. */
export const SIDECAR_VARIABLES = ['RELAY_BASE_URL', 'RELAY_API_KEY', 'BLUE_MODEL', 'BLUE_GREEN_KEY'];

/**
 * What `serve` starts with when no file is named: a container is configured by its environment; GREEN_MODEL is BLUE_MODEL
 * unless it is set.
 */
export const SIDECAR_CONFIG = `
relay:
  base_url: \${RELAY_BASE_URL}
  api_key: \${RELAY_API_KEY}
blue_green:
  green:
    model: \${GREEN_MODEL}
models:
  default: \${BLUE_MODEL}
keys:
  - name: sidecar
    key: \${BLUE_GREEN_KEY}
    scopes: [inference, read, operate]
    environments: [blue, green]
dashboard: \${DASHBOARD:-false}
`;
