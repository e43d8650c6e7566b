import { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
import { Profile } from '../support/profile.ts'
import { expect, test as base } from '../support/stories.ts'

const QUESTION = '现在下单几号能到'

const test = base.extend<{ profile: Profile }>({
  profile: async ({ contextOptions }, use) => {
    const profile = await Profile.make(contextOptions)
    await use(profile)
    await profile.remove()
  },
})

/** When the browser dies after the key that sends was pressed, and whether the reply had shown as queued by then. */
const MOMENTS: readonly (readonly [string, (desk: Desk, words: string) => Promise<unknown>, boolean])[] = [
  ['the key goes down', async (desk) => void desk.pressSend().catch(() => undefined), false],
  ['the key was taken', (desk) => desk.pressSend(), false],
  [
    'a frame was painted',
    async (desk) => {
      await desk.pressSend()
      await desk.page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)))
    },
    false,
  ],
  ['the composer is empty', (desk) => desk.send(), false],
  [
    'it shows as queued',
    async (desk, words) => {
      await desk.send()
      await expect(desk.delivered('queued').filter({ hasText: words })).toHaveCount(1)
    },
    true,
  ],
]

test('the browser is killed in the middle of a send: the words are in the composer or queued, and arrive once', async ({
  profile,
  network,
  shopper,
}) => {
  let desk = new Desk(await profile.start(), network.origin)
  await desk.startWith(agent, shopper, QUESTION)
  const conversation = desk.page.url()
  await desk.readyForOffline()
  // A browser keeps a sign-in in memory for a while. What it loses of that when it dies is not what this is about.
  await profile.close()
  desk = new Desk(await profile.start(), network.origin)
  await desk.page.goto(conversation)
  await network.cut()
  await expect(desk.banner).toBeVisible()

  const expected: string[] = []
  for (const [round, [when, press, wasShown]] of MOMENTS.entries()) {
    const words = `第${round + 1}句，写完就断电`
    await desk.composer.fill(words)
    await press(desk, words)
    await profile.kill()

    desk = new Desk(await profile.start(), network.origin)
    await desk.page.goto(conversation)
    await expect(desk.message(QUESTION)).toBeVisible()
    const queued = desk.delivered('queued').filter({ hasText: words })
    const where = async (): Promise<string> => {
      if ((await queued.count()) > 0) return 'queued'
      return (await desk.composer.inputValue()) === words ? 'composer' : 'nowhere'
    }
    if (wasShown) await expect(queued).toHaveCount(1)
    await expect.poll(where, { message: `killed when ${when}` }).not.toBe('nowhere')
    if ((await where()) === 'composer') await desk.send()
    await desk.composer.fill('')
    expected.push(words)
    await expect(desk.delivered('queued')).toHaveText(expected.map((sent) => new RegExp(sent)))
  }

  await network.restore()
  await expect(desk.delivered('sent')).toHaveText(
    expected.map((sent) => new RegExp(sent)),
    { timeout: 60_000 },
  )
  await expect(shopper.answers).toHaveText(expected.map((sent) => new RegExp(sent)))
})
