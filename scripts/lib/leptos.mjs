// What `cargo leptos` and these scripts both need to know stands once, in Cargo.toml under `[[workspace.metadata.leptos]]`.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import path from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const METADATA_BYTES_MAX = 64 * 1024 * 1024

/** `cargo metadata`, parsed. */
export function cargoMetadata(...options) {
  const text = execFileSync('cargo', ['metadata', '--format-version', '1', ...options], {
    cwd: root,
    maxBuffer: METADATA_BYTES_MAX,
    encoding: 'utf8',
  })
  return JSON.parse(text)
}

/** The settings of the site, with paths made absolute. */
export function siteSettings() {
  const [settings] = cargoMetadata('--no-deps').metadata.leptos
  const site = path.join(root, settings['site-root'])
  return {
    name: settings['output-name'],
    crate: settings['lib-package'],
    features: settings['lib-features'],
    profile: settings['lib-profile-release'],
    style: path.join(root, settings['style-file']),
    assets: path.join(root, settings['assets-dir']),
    site,
    pkg: path.join(site, settings['site-pkg-dir']),
  }
}
