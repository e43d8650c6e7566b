import { cp, rm } from 'node:fs/promises'

import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '几天能到'

test('the server is set back to a backup: the desk shows what is there, and what waited arrives once', async ({
  desk,
  shopper,
  network,
  server,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  const conversation = desk.page.url()
  await desk.reply('三天左右。')
  await expect(desk.delivered('sent')).toHaveCount(1)
  const backup = `${server.data}-backup`
  await server.stop()
  await cp(server.data, backup, { recursive: true })
  await server.boot()
  await desk.reply('不算周末。')
  await expect(desk.delivered('sent')).toHaveCount(2, { timeout: 60_000 })
  await network.cut()
  await desk.reply('最快明天。')
  await expect(desk.delivered('queued')).toHaveCount(1)

  await server.stop()
  await rm(server.data, { recursive: true })
  await cp(backup, server.data, { recursive: true })
  await rm(backup, { recursive: true })
  await server.command('restored')
  await server.boot()
  await network.restore()
  // It ends every session, so that none comes back that was ended since.
  await expect(desk.signInButton).toBeVisible({ timeout: 60_000 })
  await desk.signIn(agent)
  await desk.page.goto(conversation)
  const there = [/三天左右。/, /最快明天。/]
  await expect(desk.delivered('sent')).toHaveText(there, { timeout: 60_000 })
  await expect(desk.delivered('queued')).toHaveCount(0)
  await expect(desk.delivered('held')).toHaveCount(0)
  await shopper.page.reload()
  await expect(shopper.answers).toHaveText(there)
  await desk.page.reload()
  await expect(desk.delivered('sent')).toHaveText(there)
})
