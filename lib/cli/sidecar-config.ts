/** Variables that a sidecar needs: without them it has no upstream, or no caller with a key. */
export const SIDECAR_VARIABLES = ['RELAY_BASE_URL', 'RELAY_API_KEY', 'BLUE_MODEL', 'BLUE_GREEN_KEY'];

/**
 * The configuration of `serve` without a file: containers are configured by their environment. GREEN_MODEL defaults to
 * BLUE_MODEL.
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
