/** How far a rollout or a plan has come: a bar for each group, and each crossing with its signs. */
export default {
  props: { texts: Object, groups: Array, crossings: Array, more: Number, chosen: Number },
  emits: ["choose"],
  template: `
    <div class="progress">
      <ol class="groups">
        <li v-for="(group, at) in groups" :key="group.name" :class="{ current: group.current }">
          <button type="button" class="group-name" :aria-pressed="chosen === at ? 'true' : 'false'" @click="$emit('choose', chosen === at ? -1 : at)">
            <span aria-hidden="true">{{ group.current ? "▶" : "" }}</span> {{ group.name }}
          </button>
          <span class="bar" role="img" :aria-label="group.name + ': ' + group.told">
            <i v-for="part in group.parts" :key="part.mark" :class="part.mark" :style="{ flexGrow: part.count }"></i>
          </span>
          <span class="told"><b>{{ group.told }}</b><small>{{ group.size }}</small></span>
        </li>
      </ol>
      <div class="table-frame" v-if="crossings.length">
        <table class="plain crossings">
          <thead><tr><th>{{ texts.steer_crossing }}</th><th>{{ texts.steer_group }}</th><th>{{ texts.signs }}</th></tr></thead>
          <tbody>
            <tr v-for="one in crossings" :key="one.name">
              <td><a :href="one.href">{{ one.name }}</a></td>
              <td>{{ one.group }}</td>
              <td>
                <div v-for="sign in one.signs" :key="sign.name" class="sign-line">
                  <span class="chip" :class="sign.mark">{{ sign.pct === null ? sign.word : sign.word + " " + sign.pct + "\u00a0%" }}</span>
                  <span class="sign-name">{{ sign.step }}. {{ sign.name }}</span>
                  <span class="reason" v-if="sign.reason">{{ sign.reason }}</span>
                </div>
              </td>
            </tr>
          </tbody>
        </table>
        <p class="hint" v-if="more">{{ texts.steer_more.replace("{n}", more) }}</p>
      </div>
    </div>
  `,
};
