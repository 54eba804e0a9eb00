/** The styles of what is on view at once; pages that open late bring theirs. */
import './styles/tokens.css';
import './styles/page.css';
import './styles/term.css';
import './styles/charts.css';
import './styles/episode.css';
import './styles/inside.css';
import './styles/group.css';
import './styles/training.css';
import './styles/home.css';
import './styles/presenter.css';
