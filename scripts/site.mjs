// Builds the site that the release server carries: the desk as WebAssembly with its glue, the style sheets, the scripts,
// and every file of public/; each text also compressed, as small as it goes. What has not changed is left alone.

import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'

import { transform as minifyScript } from 'esbuild'
import { browserslistToTargets, bundle } from 'lightningcss'

import { bytesOf, filesBelow, prune, upToDate, writeIfChanged } from './lib/files.mjs'
import { root, siteSettings } from './lib/leptos.mjs'

const settings = siteSettings()
const staging = path.join(root, 'target/site-staging')
const staged = [`${settings.name}.js`, `${settings.name}_bg.wasm`].map((file) => path.join(staging, file))
const recipe = ['scripts/site.mjs', 'scripts/package-lock.json', 'Cargo.lock'].map((file) => path.join(root, file))

// What rustc's output uses of WebAssembly beyond its first version; `strip` removes the list from the file itself.
const WASM_FEATURES = [
  'bulk-memory',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
]
// The oldest browsers that the style sheets are written for: Chromium 111, Firefox 128, Safari 16.4.
const BROWSERS = browserslistToTargets(['chrome 111', 'edge 111', 'firefox 128', 'safari 16.4', 'ios_saf 16.4'])
const COMPRESSED = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest'])
// The server writes the list of files into it, so only the server can finish it.
const SERVICE_WORKER = 'sw.js'

function run(command, args, options = {}) {
  return execFileSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28, ...options })
}

/** Compiles the desk and says where cargo put it. */
function compile() {
  const messages = run(path.join(root, 'scripts/wasm-cargo'), [
    'build', '--lib', '--locked', '-p', settings.crate, '--profile', settings.profile,
    '--no-default-features', '--features', settings.features.join(','),
    '--message-format', 'json-render-diagnostics',
  ])
  const artifacts = messages.toString().split('\n').filter((line) => line.includes('"compiler-artifact"'))
  const wasm = artifacts.flatMap((line) => JSON.parse(line).filenames).filter((file) => file.endsWith('.wasm')).pop()
  if (!wasm) throw new Error(`cargo built no WebAssembly for ${settings.crate}`)
  return wasm
}

/** The module and its glue, bound and shrunk into the staging folder. */
async function bind(wasm) {
  if (await upToDate(staged, [wasm, ...recipe])) return
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  run('wasm-bindgen', [wasm, '--target', 'web', '--no-typescript', '--out-name', settings.name, '--out-dir', staging])
  const [glue, module] = staged
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`)
  run(path.join(root, 'scripts/node_modules/.bin/wasm-opt'), ['-Oz', ...features, module, '-o', `${module}.small`])
  await rename(`${module}.small`, module)
  await writeFile(glue, await minified(await readFile(glue)))
}

async function minified(script) {
  const { code } = await minifyScript(script.toString(), { minify: true, format: 'esm', target: 'es2022' })
  return Buffer.from(code)
}

function styleSheet(source) {
  const { code, warnings } = bundle({ filename: source, minify: true, targets: BROWSERS })
  for (const warning of warnings) console.warn(`${source}: ${warning.message}`)
  return Buffer.from(code)
}

function isScript(asset) {
  return path.extname(asset) === '.js' && asset !== SERVICE_WORKER
}

/** Scripts lie beside the module that they start; everything else keeps its place. */
function placeOf(asset) {
  return path.join(isScript(asset) ? settings.pkg : settings.site, asset)
}

/** Every file of the site with its bytes. */
async function contents() {
  const files = new Map()
  for (const file of staged) files.set(path.join(settings.pkg, path.basename(file)), await readFile(file))
  files.set(path.join(settings.pkg, `${settings.name}.css`), styleSheet(settings.style))
  files.set(path.join(settings.pkg, 'visitor.css'), styleSheet(path.join(path.dirname(settings.style), 'visitor.css')))
  for (const asset of await filesBelow(settings.assets)) {
    const bytes = await readFile(path.join(settings.assets, asset))
    files.set(placeOf(asset), isScript(asset) ? await minified(bytes) : bytes)
  }
  return files
}

const brotli = promisify(zlib.brotliCompress)
const gzip = promisify(zlib.gzip)

async function compress(file, bytes) {
  if (await upToDate([`${file}.br`, `${file}.gz`], [file, ...recipe])) return
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length }
  const [small, plain] = await Promise.all([brotli(bytes, { params }), gzip(bytes, { level: 9 })])
  await Promise.all([writeFile(`${file}.br`, small), writeFile(`${file}.gz`, plain)])
}

function isCompressed(file) {
  return COMPRESSED.has(path.extname(file)) && path.basename(file) !== SERVICE_WORKER
}

await bind(compile())
const files = await contents()
await Promise.all([...files].map(([file, bytes]) => writeIfChanged(file, bytes)))
const shrunk = [...files].filter(([file]) => isCompressed(file))
await Promise.all(shrunk.map(([file, bytes]) => compress(file, bytes)))

const kept = [...files.keys(), ...shrunk.flatMap(([file]) => [`${file}.br`, `${file}.gz`])]
await prune(settings.site, new Set(kept.map((file) => path.relative(settings.site, file))))

const sent = await Promise.all(shrunk.map(async ([file]) => (await bytesOf(`${file}.br`)).length))
const kilobytes = Math.round(sent.reduce((sum, bytes) => sum + bytes, 0) / 1024)
console.log(`Site: ${files.size} files in ${path.relative(root, settings.site)}, ${kilobytes} KB compressed`)
